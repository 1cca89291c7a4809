"use strict";
(() => {
  const told = JSON.parse(document.getElementById("ground-data").textContent);
  const page = document.documentElement;
  const stage = document.getElementById("stage");
  const panel = document.getElementById("chosen");
  const STEP = 1e6;

  sortTable(document.getElementById("hotspots"));
  if (!canDraw()) return;
  page.classList.add("live");
  document.querySelector(".live-legend")?.removeAttribute("hidden");
  drawMap().catch((fault) => {
    page.classList.remove("live");
    console.warn("The picture is shown because the map could not be drawn:", fault.message);
  });

  function canDraw() {
    try {
      return Boolean(document.createElement("canvas").getContext("webgl2"));
    } catch {
      return false;
    }
  }

  function walk(steps) {
    const pairs = [];
    let x = 0;
    let y = 0;
    for (let at = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      pairs.push([x / STEP, y / STEP]);
    }
    return pairs;
  }

  function outline(rings) {
    const parts = [];
    for (const steps of rings) {
      const ring = walk(steps);
      ring.push(ring[0]);
      let area = 0;
      for (let at = 1; at < ring.length; at += 1) {
        area += (ring[at - 1][0] - ring[0][0]) * (ring[at][1] - ring[0][1]);
        area -= (ring[at][0] - ring[0][0]) * (ring[at - 1][1] - ring[0][1]);
      }
      if (area >= 0 || parts.length === 0) parts.push([ring]);
      else parts[parts.length - 1].push(ring);
    }
    return { type: "MultiPolygon", coordinates: parts };
  }

  function feature(geometry, properties, id) {
    return { type: "Feature", id, geometry, properties };
  }

  function collection(features) {
    return { type: "FeatureCollection", features };
  }

  function sources() {
    const { rings, n, id, rank } = told.places;
    const places = rings.map((each, at) =>
      feature(outline(each), { n: n[at], place: id[at], rank: rank[at] }, at + 1));
    const lines = told.streets.map((steps) =>
      feature({ type: "LineString", coordinates: walk(steps) }, {}));
    const boundary = told.boundary.length ? [feature(outline(told.boundary), {})] : [];
    return {
      places: { type: "geojson", data: collection(places), tolerance: 0.2 },
      streets: { type: "geojson", data: collection(lines) },
      boundary: { type: "geojson", data: collection(boundary) },
      sites: { type: "geojson", data: collection(told.sites.map((rings) => feature(outline(rings), {}))) },
    };
  }

  function layers(over) {
    const colour = ["step", ["get", "n"], told.quiet];
    for (const each of told.classes) colour.push(each.low, each.colour);
    const fill = told.classes.length ? colour : told.quiet;
    const hot = [">", ["get", "rank"], 0];
    const chosen = ["boolean", ["feature-state", "chosen"], false];
    return [
      { id: "land", type: "fill", source: "boundary", paint: { "fill-color": told.land, "fill-opacity": over ? 0 : 1 } },
      { id: "places", type: "fill", source: "places", paint: { "fill-color": fill, "fill-opacity": over ? 0.65 : 0.9, "fill-antialias": false } },
      { id: "edges", type: "line", source: "places", minzoom: told.places.n.length > 2000 ? 12 : 0, paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.3, 13, 0.8] } },
      { id: "streets", type: "line", source: "streets", paint: { "line-color": told.street, "line-opacity": 0.7, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.3, 13, 1, 17, 3] } },
      { id: "boundary", type: "line", source: "boundary", paint: { "line-color": told.street, "line-width": 1.5 } },
      { id: "halo", type: "line", source: "places", filter: hot, layout: { "line-join": "round" }, paint: { "line-color": "#ffffff", "line-width": 5 } },
      { id: "hotspots", type: "line", source: "places", filter: hot, layout: { "line-join": "round" }, paint: { "line-color": told.outline, "line-width": 2.5 } },
      { id: "site-halo", type: "line", source: "sites", layout: { "line-join": "round" }, paint: { "line-color": "#ffffff", "line-width": 6 } },
      { id: "sites", type: "line", source: "sites", layout: { "line-join": "round" }, paint: { "line-color": told.site, "line-width": 3.5 } },
      { id: "chosen", type: "line", source: "places", paint: { "line-color": "#1d2733", "line-width": ["case", chosen, 5, 0] } },
      { id: "chosen-core", type: "line", source: "places", paint: { "line-color": "#ffbf47", "line-width": ["case", chosen, 3, 0] } },
    ];
  }

  async function basemap() {
    const held = document.getElementById("basemap-data");
    if (!held) return { sources: {}, layers: [] };
    const bytes = Uint8Array.from(atob(held.textContent), (each) => each.charCodeAt(0));
    const archive = new pmtiles.PMTiles({
      getKey: () => "basemap",
      getBytes: async (offset, length) => ({ data: bytes.slice(offset, offset + length).buffer }),
    });
    const protocol = new pmtiles.Protocol();
    protocol.add(archive);
    maplibregl.addProtocol("pmtiles", protocol.tile);
    const { tileType, maxZoom, minZoom } = await archive.getHeader();
    const about = await archive.getMetadata();
    const source = { tiles: ["pmtiles://basemap/{z}/{x}/{y}"], minzoom: minZoom, maxzoom: maxZoom, attribution: plain(about.attribution) };
    if (tileType !== 1) {
      return {
        sources: { basemap: { type: "raster", tileSize: 256, ...source } },
        layers: [{ id: "basemap", type: "raster", source: "basemap", paint: { "raster-fade-duration": 0 } }],
      };
    }
    const drawn = (about.vector_layers ?? []).flatMap((each) => vectorLayers(each.id));
    return { sources: { basemap: { type: "vector", ...source } }, layers: drawn };
  }

  function plain(words) {
    return new DOMParser().parseFromString(words ?? "", "text/html").body.textContent;
  }

  function vectorLayers(name) {
    const fill = (colour) => ({ id: `base-${name}`, type: "fill", source: "basemap", "source-layer": name, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour } });
    const line = (colour, width) => ({ id: `base-${name}-line`, type: "line", source: "basemap", "source-layer": name, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colour, "line-width": width } });
    const roads = ["interpolate", ["linear"], ["zoom"], 8, 0.4, 14, 2, 17, 6];
    if (/waterway|river/.test(name)) return [line("#b9d0dd", 1)];
    if (/water|ocean|sea/.test(name)) return [fill("#cfdfe8"), line("#b9d0dd", 1)];
    if (/building/.test(name)) return [fill("#e2ded7")];
    if (/landuse|landcover|park|green|wood/.test(name)) return [fill("#e8eee2")];
    if (/earth|^land$/.test(name)) return [fill("#fbfaf8")];
    if (/road|transport|street|rail|highway/.test(name)) return [line("#c3c0ba", roads)];
    if (/bound/.test(name)) return [line("#9aa3ab", 0.8)];
    return [];
  }

  async function drawMap() {
    const base = await basemap();
    const over = base.layers.length > 0;
    const map = new maplibregl.Map({
      container: "ground",
      style: {
        version: 8,
        sources: { ...base.sources, ...sources() },
        layers: [
          { id: "ground", type: "background", paint: { "background-color": told.boundary.length ? told.sea : told.land } },
          ...base.layers,
          ...layers(over),
        ],
      },
      bounds: told.bounds,
      fitBoundsOptions: { padding: 30 },
      attributionControl: { compact: true, customAttribution: told.credits },
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      maxZoom: 18,
      locale: { "Map.Title": "Map of the hotspots; the list below tells the same" },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
    window.abateMap = map;

    const spots = told.hotspots.map((each) => spot(map, each));
    const names = told.labels.map((each) => label(map, each));
    const tidy = () => tidyUp(map, spots, names);
    tidy();
    map.on("load", tidy);
    map.on("load", () => document.querySelector(".maplibregl-ctrl-attrib")?.classList.remove("maplibregl-compact-show"));
    map.on("move", tidy);
    map.on("resize", tidy);

    map.on("click", "places", (event) => {
      const hit = event.features.find((each) => each.properties.rank > 0) ?? event.features[0];
      choose(map, hit.id);
    });
    map.on("mouseenter", "places", () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", "places", () => { map.getCanvas().style.cursor = ""; });
    map.on("idle", () => { page.dataset.drawn = "yes"; });

    const show = (bounds) => map.fitBounds(bounds, { padding: 40, maxZoom: 16 });
    document.getElementById("show-all").addEventListener("click", () => show(told.bounds));
    document.getElementById("show-hotspots").addEventListener("click", () => show(told.hot));
    togglePicture(map);
    for (const link of document.querySelectorAll("#hotspots a")) {
      const rank = Number(link.closest("tr").dataset.rank);
      link.addEventListener("click", () => choose(map, told.places.rank.indexOf(rank) + 1));
    }
  }

  function togglePicture(map) {
    const button = document.getElementById("show-picture");
    button.addEventListener("click", () => {
      const picture = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(picture));
      stage.classList.toggle("plain", picture);
      stage.querySelector(".canvas").style.display = picture ? "none" : "";
      stage.querySelector(".why").style.display = picture ? "none" : "";
      stage.querySelector(".picture").style.display = picture ? "block" : "";
      map.resize();
    });
  }

  function spot(map, each) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "spot";
    button.textContent = each.rank;
    button.dataset.rank = each.rank;
    button.title = `${each.rank}. ${each.name}`;
    button.setAttribute("aria-pressed", "false");
    const marker = new maplibregl.Marker({ element: button }).setLngLat(each.at).addTo(map);
    button.setAttribute("aria-label", `Hotspot ${each.rank}, ${each.name}`);
    button.removeAttribute("role");
    const held = { ...each, button, marker };
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      if (held.under && map.getZoom() < 15) {
        map.easeTo({ center: each.at, zoom: map.getZoom() + 2 });
      }
      choose(map, told.places.rank.indexOf(each.rank) + 1);
    });
    return held;
  }

  function label(map, each) {
    const words = document.createElement("div");
    words.className = "named";
    words.textContent = each.name;
    const marker = new maplibregl.Marker({ element: words }).setLngLat(each.at).addTo(map);
    words.removeAttribute("aria-label");
    words.removeAttribute("role");
    words.setAttribute("aria-hidden", "true");
    return { ...each, element: words, marker };
  }

  function tidyUp(map, spots, names) {
    const shown = [];
    for (const each of spots) {
      const { x, y } = map.project(each.at);
      const over = shown.find((other) => Math.abs(other.x - x) < (other.each.under ? 44 : 30) && Math.abs(other.y - y) < 27);
      each.under = 0;
      if (over) over.each.under += 1;
      else shown.push({ x, y, each });
      each.button.style.visibility = over ? "hidden" : "";
      each.button.style.zIndex = String(spots.length - each.rank + 1);
    }
    for (const { each } of shown) {
      each.button.textContent = each.under ? `${each.rank} +${each.under}` : String(each.rank);
      const more = each.under ? `; ${each.under} more here, zoom in` : "";
      each.button.setAttribute("aria-label", `Hotspot ${each.rank}, ${each.name}${more}`);
      each.button.title = `${each.rank}. ${each.name}${more}`;
    }
    const boxes = shown.map(({ x, y }) => ({ x, y, half: 18 }));
    for (const each of names) {
      const { x, y } = map.project(each.at);
      const half = each.name.length * 4;
      const free = [0, 24, -24, 40].find((aside) =>
        boxes.every((box) => Math.abs(box.x - x) > box.half + half || Math.abs(box.y - y - aside) > 22));
      each.element.style.visibility = free === undefined ? "hidden" : "";
      if (free === undefined) continue;
      each.marker.setOffset([0, free]);
      boxes.push({ x, y: y + free, half });
    }
  }

  let held = 0;
  function choose(map, id) {
    if (held) map.setFeatureState({ source: "places", id: held }, { chosen: false });
    held = id;
    map.setFeatureState({ source: "places", id }, { chosen: true });
    const rank = told.places.rank[id - 1];
    for (const each of document.querySelectorAll(".spot")) {
      each.setAttribute("aria-pressed", String(Number(each.dataset.rank) === rank));
    }
    for (const row of document.querySelectorAll("#hotspots tbody tr")) {
      row.classList.toggle("chosen", Number(row.dataset.rank) === rank && rank > 0);
    }
    panel.replaceChildren(...(rank ? card(rank) : other(id)));
    panel.scrollTop = 0;
  }

  function card(rank) {
    const found = document.getElementById(`hotspot-${rank}`);
    if (!found) {
      const row = document.querySelector(`#hotspots tr[data-rank="${rank}"]`);
      const words = document.createElement("p");
      words.textContent = [...row.cells].map((cell) => cell.textContent).join(", ");
      return [words];
    }
    const copy = found.cloneNode(true);
    copy.querySelector(".minimap")?.remove();
    for (const each of copy.querySelectorAll("[id]")) each.id = `panel-${each.id}`;
    for (const each of copy.querySelectorAll("[aria-labelledby]")) {
      each.setAttribute("aria-labelledby", each.getAttribute("aria-labelledby").replace(/\S+/g, "panel-$&"));
    }
    return [...copy.children];
  }

  function other(id) {
    const heading = document.createElement("h3");
    heading.textContent = "Not among the hotspots";
    const seen = told.places.n[id - 1];
    const words = document.createElement("p");
    words.textContent = `${seen.toLocaleString("en-GB")} ${seen === 1 ? "incident" : "incidents"} in ${told.period}.`;
    const name = document.createElement("p");
    name.className = "small";
    name.textContent = told.places.id[id - 1];
    return [heading, words, name];
  }

  function sortTable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      if (at === 0) head.setAttribute("aria-sort", "ascending");
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = (row) => row.cells[at].dataset.value ?? row.cells[at].textContent;
        const rows = [...table.tBodies[0].rows].sort((a, b) => compare(value(a), value(b)) * (up ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }

  function compare(a, b) {
    const [left, right] = [Number(a), Number(b)];
    return Number.isNaN(left) || Number.isNaN(right) ? a.localeCompare(b, "en-GB") : left - right;
  }
})();

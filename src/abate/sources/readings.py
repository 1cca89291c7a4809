"""What a mapping reads from one raw row: each field as an Ibis value, blank where the source has nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.sources import moments
from abate.sources.moments import Clock, Moment

if TYPE_CHECKING:
    from abate.sources.mapping import Mapping

FLAGS = ("domestic", "knife", "default_geocode")
NO_PLACE_CRS = "EPSG:4326"


@dataclass(frozen=True)
class Readings:
    """The fields of a mapping as functions from raw rows (an Ibis table of text columns) to Ibis values."""

    mapping: Mapping

    def cell(self, column: str, rows: Any) -> Any:
        """Give the text of a column without the spaces round it; blank where it says nothing."""
        text = rows[column].strip().nullif("")
        blanks = [word for word in self.mapping.blanks if word]
        return text.isin(blanks).ifelse(None, text) if blanks else text

    def force(self, rows: Any) -> Any:
        """Give the force that a row names, in our words; blank where the name is not known."""
        word = self.cell(str(self.mapping.force_column), rows)
        names = self.mapping.force_names
        return word.cases(*names.items(), else_=None) if names else word

    def crime_type(self, rows: Any) -> Any:
        """Give the kind of crime: that of all rows, or the row's own, reworded where the mapping says how."""
        import ibis

        if self.mapping.crime_type is not None:
            return ibis.literal(self.mapping.crime_type)
        code = self.cell(self.mapping.columns["crime_type"], rows)
        offences = self.mapping.offences
        return code.cases(*offences.items(), else_=code) if offences else code

    def coordinate_text(self, axis: str, rows: Any) -> Any:
        """Give a coordinate as written; blank where the source says that it knows no place."""
        text = self.cell(self.mapping.columns[axis], rows)
        nowhere = [word for word in self.mapping.no_place if word]
        return text.isin(nowhere).ifelse(None, text) if nowhere else text

    def coordinate(self, axis: str, rows: Any) -> Any:
        """Give an easting or longitude (`x`), a northing or latitude (`y`), in the unit of the source."""
        return self.coordinate_text(axis, rows).try_cast("float64")

    def crs(self, rows: Any) -> Any:  # noqa: ARG002 - every field is a function of the rows
        """Give the coordinate system, the same for all rows."""
        import ibis

        return ibis.literal(self.mapping.crs or NO_PLACE_CRS)

    def yes_no(self, field: str, rows: Any) -> Any:
        """Give a yes or no; blank where there is no word or an unknown one."""
        word = self.cell(self.mapping.columns[field], rows).lower()
        known = [*((each, True) for each in self.mapping.yes), *((each, False) for each in self.mapping.no)]
        return word.cases(*known, else_=None).cast("boolean")

    def victims(self, rows: Any) -> Any:
        """Give how many people were hurt."""
        text = self.cell(self.mapping.columns["victims"], rows)
        return text.re_search(r"^[0-9]{1,9}$").ifelse(text, None).cast("int64")

    def has(self, which: str) -> bool:
        """Tell whether the mapping has a column for a moment (`began`, `ended` or `reported`)."""
        return which in self.mapping.columns or f"{which}_date" in self.mapping.columns

    def moment_column(self, which: str) -> str:
        """Name the column that holds a moment, or its day."""
        return self.mapping.columns.get(which) or self.mapping.columns[f"{which}_date"]

    def moment_text(self, which: str, rows: Any) -> Any:
        """Give a moment as written: its one column, or its day and (where it is not blank) its time of day."""
        columns = self.mapping.columns
        first = self.cell(self.moment_column(which), rows)
        if f"{which}_time" not in columns:
            return first
        return first + (" " + self.cell(columns[f"{which}_time"], rows)).fill_null("")

    def moment(self, which: str, rows: Any) -> Moment:
        """Understand a moment: on the local clock, in UTC, and whether only its day is known."""
        clock = Clock(self.mapping.formats, self.mapping.zone, self.mapping.day_only)
        return moments.moment(self.moment_text(which, rows), clock)

    def utc(self, which: str, rows: Any) -> Any:
        """Give a moment in UTC: the start of the day where only the day is known."""
        return self.moment(which, rows).utc

    def ended(self, rows: Any) -> Any:
        """Give the latest moment of the offence, in UTC.

        Where only a day is known it is that day's last second; where nothing says when the offence ended and only
        the day on which it began is known, it is the last second of that day.
        """
        import ibis

        start, zone = self.moment("began", rows), self.mapping.zone
        through_the_day = start.whole_day.ifelse(moments.last_second(start, zone), None)
        if not self.has("ended"):
            return through_the_day
        end = self.moment("ended", rows)
        told = end.whole_day.ifelse(moments.last_second(end, zone), end.utc)
        return ibis.ifelse(self.moment_text("ended", rows).isnull(), through_the_day, told)

    def zone(self, rows: Any) -> Any:  # noqa: ARG002 - every field is a function of the rows
        """Give the time zone of the local clock, the same for all rows."""
        import ibis

        return ibis.literal(self.mapping.zone)

    def dated_by(self) -> list[str]:
        """List the moments that can give the month, the first that a row has being the one that does."""
        return [which for which in ("began", "reported") if self.has(which)]

    def month(self, rows: Any) -> Any:
        """Give the month on the local clock in which the offence began; that of the report where that is blank."""
        import ibis

        if "month" in self.mapping.columns:
            return moments.month_of(self.cell(self.mapping.columns["month"], rows), self.mapping.month_format)
        return ibis.coalesce(*(self.moment(which, rows).wall.strftime("%Y-%m") for which in self.dated_by()))

"""One function a job: it names the steps and does the effects."""

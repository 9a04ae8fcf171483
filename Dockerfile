# The course in a container: JupyterLab on port 8888. docs/running.md tells how to build and run it.
FROM python:3.12-slim

# Not root: notebooks run whatever is typed into them. Runs and progress are written into the kit's folder.
RUN useradd --create-home --uid 1000 learner && install --directory --owner learner /srv/mmgan_lite
USER learner
WORKDIR /srv/mmgan_lite

# A volume that is mounted here belongs to whom the folder belongs to.
RUN install --directory runs

# First what changes seldom, so that it is not installed again after every change of a notebook.
COPY --chown=learner pyproject.toml requirements.txt README.md LICENSE ./
COPY --chown=learner mmgan_lite/__init__.py mmgan_lite/
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir -r requirements.txt
COPY --chown=learner . .

EXPOSE 8888
CMD [".venv/bin/python", "-m", "mmgan_lite", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888"]

"""The single files that a wheel carries, for `handout`; pyproject.toml names the folders."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SINGLE = ["README.md", "requirements.txt", "requirements-gpu.txt", "pyproject.toml", "hatch_build.py", "LICENSE",
          "CITATION.cff", "Dockerfile", ".dockerignore"]  # fmt: skip


class CustomBuildHook(BuildHookInterface):
    """Hatch maps folders by itself, and files only for editable installations too, which have no need of a copy."""

    def initialize(self, version, build_data):
        if version == "standard":
            build_data["force_include"].update({name: f"mmgan_lite/shipped_files/{name}" for name in SINGLE})

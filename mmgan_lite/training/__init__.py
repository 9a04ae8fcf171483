"""The main job: both stages of a training, from data to a folder that holds the run."""

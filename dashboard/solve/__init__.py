"""The page Solve: its controls, presets and address, files of experiments, several seeds, and the diagnosis of a run."""

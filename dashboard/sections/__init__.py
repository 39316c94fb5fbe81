"""Parts of pages that have errands done, one file each; each has a function `show`: the diagnosis of a run, and all of "Why PyTorch"."""

"""The page "Why PyTorch", a module for each part of it, each with a function `show`, from the button to the browser."""

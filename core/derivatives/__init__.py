"""Derivatives of networks: by nested `torch.autograd.grad`, and by jets."""

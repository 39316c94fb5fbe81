"""The jet engine: derivatives of a network by its inputs, pushed forward through its layers together with its outputs.

A jet is what a function and its derivatives are at a point: a tensor (streams, n, width), one stream for each derivative, the function
itself first. A layer maps jets to jets: an affine one each stream by itself, an activation by the rule of Faà di Bruno, a product by that
of Leibniz. Each derivative is computed once, and shares what it builds on with the others; nested calls of `torch.autograd.grad`
(`core/derivatives/reverse.py`) pass through the whole network again for each. Griewank and Walther, Evaluating Derivatives, 2nd edition
2008, chapter 13, where jets of one direction are called Taylor coefficients; here they are of several coordinates at once."""

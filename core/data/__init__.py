"""The data of an experiment: which rows there are, with what noise, and which of them are held out."""

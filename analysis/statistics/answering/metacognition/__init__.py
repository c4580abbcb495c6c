"""How well confidence knows what is right: type-2 AUROC, meta-d′, M-ratio."""

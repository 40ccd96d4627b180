"""The money desk ("bàn tiền"): what staff see of money, decide on and approve."""

"""What listhygiene knows by itself: small files of facts, and how columns are held to them."""

"""Services as other systems speak to them."""

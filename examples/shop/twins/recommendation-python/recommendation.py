"""What to recommend: what was bought together in baskets.tsv."""

from collections import Counter, defaultdict

# More than are shown, since the catalog may have dropped some.
MOST_CANDIDATES = 10


class Baskets:
    def __init__(self, table):
        """`table` is what baskets.tsv holds: `#` comments, the name of its one column, then a basket's products a line."""
        lines = [line for line in table.split("\n") if line and not line.startswith("#")]
        self.sold = Counter()  # in how many baskets a product was
        self.together = defaultdict(Counter)  # in how many it was with another one
        for basket in lines[1:]:
            products = basket.split(" ")
            self.sold.update(products)
            for product in products:
                self.together[product].update(other for other in products if other != product)

    def candidates(self, asked):
        """The best first: bought together with what was asked about, most often; then the bestsellers."""
        asked = set(asked)
        together = Counter()
        for product in asked & self.together.keys():
            together.update(self.together[product])
        ranked = sorted((-together[product], -times, product) for product, times in self.sold.items() if product not in asked)
        return [product for _, _, product in ranked[:MOST_CANDIDATES]]

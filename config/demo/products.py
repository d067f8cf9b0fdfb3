"""What Maison Lune sells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`price` is in cents; `tagline` is short, `story` two sentences."""

    slug: str
    name: str
    tagline: str
    story: str
    price: int

    @property
    def picture(self) -> str:
        """The drawing's static path."""
        return f"demo/{self.slug}.svg"

    @property
    def price_text(self) -> str:
        return f"€{self.price / 100:.2f}"


PRODUCTS = (
    Product(
        slug="chocolates",
        name="Midnight chocolates",
        tagline="Eight pralines, sea salt, 72% cocoa",
        story="Filled by hand on Tuesdays and packed the same night. Four are salted, four are not.",
        price=2400,
    ),
    Product(
        slug="tea",
        name="Moonlight tea",
        tagline="White tea with jasmine, 80 g",
        story="Leaves picked before sunrise, scented three times. The tin is tight and made to be kept.",
        price=1850,
    ),
    Product(
        slug="honey",
        name="Forest honey",
        tagline="Fir and chestnut, 350 g",
        story="Dark, slow and a little bitter, from twelve hives at the edge of the wood.",
        price=1400,
    ),
    Product(
        slug="caramels",
        name="Salted caramels",
        tagline="Soft butter caramels, 200 g",
        story="Cooked in copper, cut while warm and wrapped one by one. They seldom last the evening.",
        price=1600,
    ),
    Product(
        slug="candle",
        name="Orange blossom candle",
        tagline="Burns for forty hours",
        story="Rapeseed wax with orange blossom and a little cedar. The glass becomes a glass again.",
        price=2900,
    ),
    Product(
        slug="basket",
        name="The full moon basket",
        tagline="A bit of everything, for two",
        story="Cider, honey, bread, an apple and a cloth, in a basket that is woven for us.",
        price=6800,
    ),
)
BY_SLUG = {product.slug: product for product in PRODUCTS}

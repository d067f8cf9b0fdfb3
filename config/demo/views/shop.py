"""Choosing a gift, ordering it, and what comes after."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from config.demo.checkout import CheckoutForm, place_order
from config.demo.products import BY_SLUG, PRODUCTS, Product
from gifting.errors import GiftingError
from gifting.services.links import confirmation_path


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/shop.html", {"products": PRODUCTS})


@require_http_methods(["GET", "HEAD", "POST"])
def gift(request: HttpRequest, slug: str) -> HttpResponse:
    """One product with its order form. An order with a video message leads to the recorder."""
    product = _product(slug)
    form = CheckoutForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect(_order(product, form))
        except GiftingError as refusal:
            form.add_error(None, refusal.message)
    return render(request, "demo/gift.html", {"product": product, "form": form})


def _order(product: Product, form: CheckoutForm) -> str:
    """Places the order. Returns where the customer goes next."""
    shop_order, container = place_order(product=product, said=form.cleaned_data, now=timezone.now())
    if container is None:
        return reverse("demo:thanks", args=[shop_order.number])
    return confirmation_path(container.order)


@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """After an order without a message."""
    return render(request, "demo/thanks.html", {"number": number})


def _product(slug: str) -> Product:
    try:
        return BY_SLUG[slug]
    except KeyError:
        raise Http404 from None

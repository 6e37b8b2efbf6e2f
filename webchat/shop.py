"""The demo shop: a page of the operator's, with its offerings and the widget (/shop)."""

from flask import Blueprint, render_template

from core.settings import Settings
from customers.demo import DEMO_CUSTOMERS


def blueprint(settings: Settings) -> Blueprint:
    shop = Blueprint("shop", __name__, template_folder="templates", static_folder="static", static_url_path="/webchat/static")

    @shop.get("/shop")
    def page() -> str:
        return render_template("shop.html", customers=DEMO_CUSTOMERS if settings.is_demo else ())

    return shop

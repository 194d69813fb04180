"""What the witnesses of WHMCS know of the sandbox's people and send for new ones."""

from harness import unique

IDENTIFIER = "sandbox-identifier"
SECRET = "sandbox-secret"
PASSWORD = "correct horse battery staple"
# A demo customer: the client's id is not the user's.
ADA_CLIENT, ADA_USER, ADA_EMAIL = 42, 41, "ada@example.com"
# Owns two clients, and may see a third that belongs to another user.
LINUS_USER, LINUS_CLIENTS, FOREIGN_CLIENT = 43, [44, 45], 47


def profile(**changes):
    """The fields of a new client, as AddClient takes them."""
    fields = {
        "firstname": "Niels",
        "lastname": "Bøhr",
        "email": f"{unique('niels')}@example.com",
        "address1": "1 Blegdamsvej",
        "city": "København",
        "state": "Hovedstaden",
        "postcode": "2100",
        "country": "DK",
        "phonenumber": "35325000",
        "password2": PASSWORD,
    }
    return {**fields, **changes}


def monthly(products):
    """Ids of the products that are paid by the month in dollars."""
    return [
        int(product["pid"])
        for product in products["product"]
        if product["paytype"] == "recurring" and float(product["pricing"]["USD"]["monthly"]) > 0
    ]

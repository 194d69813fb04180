"""whmcs-api-client, which is generated from a description of the API, checks the types of what it gets.

It differs from the others on the wire: the action is in the query string, the credential in the older fields `username`
and `password`, lists are sent as `pid[]=`. Its model of a transaction wants numbers where WHMCS documents text, so that it
cannot read those.
"""

import whmcs_client
from whmcs_client.exceptions import ForbiddenException

from customers import ADA_CLIENT, ADA_EMAIL, IDENTIFIER, SECRET, monthly, profile
from harness import WitnessCase

CREDENTIAL = {"username": IDENTIFIER, "password": SECRET, "responsetype": "json"}


class Generated(WitnessCase):
    client = "whmcs-api-client"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        configuration = whmcs_client.Configuration(host=f"{cls.sandbox.url}/whmcs/includes")
        client = whmcs_client.ApiClient(configuration)
        cls.addClassCleanup(client.rest_client.pool_manager.clear)
        cls.api = whmcs_client.DefaultApi(client)

    def call(self, name, **parameters):
        answer = getattr(self.api, name)(**{**CREDENTIAL, **parameters})
        self.assertEqual((answer.result, answer.message), ("success", None))
        return answer

    def assertRefused(self, message, name, **parameters):
        answer = getattr(self.api, name)(**CREDENTIAL, **parameters)
        self.assertEqual(answer.result, "error")
        self.assertRegex(answer.message, message)

    def test_a_client_is_made_found_and_changed(self):
        fields = profile()
        made = self.call("add_client", noemail=True, **fields)
        self.assertEqual(self.call("get_clients_details", clientid=made.clientid).client.email, fields["email"])
        self.assertEqual(
            self.call("get_clients_details", email=fields["email"]).client.phonenumber, fields["phonenumber"]
        )
        changed = self.call("update_client", clientid=made.clientid, phonenumber="1")
        self.assertEqual(int(changed.clientid), made.clientid)
        self.assertEqual(self.call("get_clients_details", clientid=made.clientid).client.phonenumber, "1")
        self.assertRefused("Client Not Found", "get_clients_details", clientid=999_999)
        self.assertRefused("already exists with that email", "add_client", **profile(email=ADA_EMAIL))

    def test_an_order_with_lists_that_have_no_index(self):
        client = self.call("add_client", **profile()).clientid
        one, two = monthly(self.call("get_products").products)[:2]
        order = self.call(
            "add_order",
            clientid=client,
            paymentmethod="banktransfer",
            pid=[one, two],
            billingcycle=["monthly", "monthly"],
            domain=["one.example", "two.example"],
        )
        self.assertEqual(len(order.productids), 2)
        [row] = self.call("get_orders", userid=client).orders["order"]
        self.assertEqual((str(row["id"]), row["status"]), (order.orderid, "Pending"))
        services = self.call("get_clients_products", clientid=client).products["product"]
        self.assertEqual(
            {int(service["pid"]): service["domain"] for service in services}, {one: "one.example", two: "two.example"}
        )
        self.call("cancel_order", orderid=int(order.orderid))
        [row] = self.call("get_orders", userid=client).orders["order"]
        self.assertEqual(row["status"], "Cancelled")

    def test_an_order_without_an_invoice_and_without_mail(self):
        client = self.call("add_client", **profile()).clientid
        pid = monthly(self.call("get_products").products)[0]
        order = self.call(
            "add_order",
            clientid=client,
            paymentmethod="banktransfer",
            pid=[pid],
            billingcycle=["monthly"],
            noinvoice=True,
            noinvoiceemail=True,
        )
        self.assertIn(order.invoiceid, (None, "", "0"))
        invoices = self.call("get_invoices", userid=client)
        self.assertEqual(invoices.totalresults, 0)

    def test_invoices_are_counted_and_paged(self):
        whole = self.call("get_invoices", userid=ADA_CLIENT, limitnum=100)
        rows = whole.invoices["invoice"]
        self.assertEqual((whole.totalresults, whole.startnumber, whole.numreturned), (len(rows), 0, len(rows)))
        page = self.call("get_invoices", userid=ADA_CLIENT, limitstart=1, limitnum=2)
        self.assertEqual((page.totalresults, page.startnumber, page.numreturned), (len(rows), 1, 2))
        self.assertEqual(page.invoices["invoice"], rows[1:3])

    def test_currencies_and_ways_to_pay(self):
        currencies = self.call("get_currencies").currencies.currency
        self.assertEqual([(one.code, one.rate) for one in currencies][0], ("USD", "1.00000"))
        gateways = self.call("get_payment_methods").paymentmethods.paymentmethod
        self.assertIn("banktransfer", [one.module for one in gateways])

    def test_a_wrong_credential_is_forbidden(self):
        with self.assertRaises(ForbiddenException) as caught:
            self.api.get_currencies(username=IDENTIFIER, password="wrong", responsetype="json")
        self.assertIn("Authentication Failed", caught.exception.body)

"""whmcspy follows a customer: account, users and rights, catalogue, order, invoice, payment, and what is refused.

It sends lists as PHP reads them, with explicit indexes, and turns status 403 into an exception of its own.
"""

import whmcspy
from whmcspy.exceptions import Error, MissingPermission

from customers import (
    ADA_CLIENT,
    ADA_EMAIL,
    ADA_USER,
    FOREIGN_CLIENT,
    IDENTIFIER,
    LINUS_CLIENTS,
    LINUS_USER,
    PASSWORD,
    SECRET,
    monthly,
    profile,
)
from harness import WitnessCase, unique


class Whmcspy(WitnessCase):
    client = "whmcspy"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whmcs = cls.connect()

    @classmethod
    def connect(cls, identifier=IDENTIFIER, secret=SECRET):
        return whmcspy.WHMCS(f"{cls.sandbox.url}/whmcs/includes/api.php", identifier, secret)

    def assertRefused(self, message, call, *arguments, error=Error, **parameters):
        with self.assertRaisesRegex(error, message):
            call(*arguments, **parameters)

    def order(self, **parameters):
        """A new client with one order; gives the client's id and the answer."""
        client = self.whmcs.add_client(**profile())
        pid = monthly(self.whmcs.call("GetProducts")["products"])[0]
        product = {"id": pid, "domain": "witness.example"}
        return client, self.whmcs.add_order(client, products=[product], billingcycle=["monthly"], **parameters)

    def test_a_client_is_made_and_found(self):
        fields = profile(companyname="Bøhr & Søn")
        client = self.whmcs.add_client(**fields)
        details = self.whmcs.call("GetClientsDetails", clientid=client)["client"]
        self.assertEqual(
            (int(details["id"]), details["email"], details["city"]), (client, fields["email"], "København")
        )
        self.assertEqual(details["companyname"].replace("&amp;", "&"), "Bøhr & Søn")
        self.assertRefused("Client Not Found", self.whmcs.call, "GetClientsDetails", clientid=999_999)
        self.assertRefused("already exists with that email", self.whmcs.add_client, **fields)

    def test_a_client_is_changed(self):
        client = self.whmcs.add_client(**profile())
        answer = self.whmcs.call("UpdateClient", clientid=client, city="Århus")
        self.assertEqual(int(answer["clientid"]), client)
        self.assertEqual(self.whmcs.call("GetClientsDetails", clientid=client)["client"]["city"], "Århus")
        self.assertRefused("Client ID Not Found", self.whmcs.call, "UpdateClient", clientid=999_999, city="x")

    def test_a_login_gives_the_user_and_the_user_has_clients(self):
        login = self.whmcs.call("ValidateLogin", email=ADA_EMAIL, password2=PASSWORD)
        self.assertEqual(int(login["userid"]), ADA_USER)
        found = self.whmcs.call("GetUsers", search=ADA_EMAIL, limitnum=100)
        [user] = [row for row in found["users"] if row["email"] == ADA_EMAIL]
        self.assertEqual((int(user["id"]), [int(one["id"]) for one in user["clients"]]), (ADA_USER, [ADA_CLIENT]))
        self.assertTrue(user["clients"][0]["isOwner"])
        self.assertRefused(
            "Email or Password Invalid", self.whmcs.call, "ValidateLogin", email=ADA_EMAIL, password2="x"
        )

    def test_the_search_for_users_is_by_prefix(self):
        emails = [f"{unique('prefix')}@example.com" for _ in range(2)]
        for email in emails:
            self.whmcs.call("AddUser", firstname="A", lastname="B", email=email, password2=PASSWORD)
        found = self.whmcs.call("GetUsers", search="prefix-")
        self.assertLessEqual(set(emails), {row["email"] for row in found["users"]})

    def test_a_user_is_made_and_changed(self):
        email = f"{unique('user')}@example.com"
        user = int(self.whmcs.call("AddUser", firstname="A", lastname="B", email=email, password2=PASSWORD)["user_id"])
        answer = self.whmcs.call("UpdateUser", user_id=user, firstname="Changed")
        self.assertEqual(int(answer["user_id"]), user)
        [row] = self.whmcs.call("GetUsers", search=email)["users"]
        self.assertEqual((int(row["id"]), row["firstname"], list(row["clients"])), (user, "Changed", []))
        self.assertRefused("Invalid User ID requested", self.whmcs.call, "UpdateUser", user_id=999_999, firstname="x")
        self.assertRefused("language. is required", self.whmcs.call, "UpdateUser", user_id=user)
        self.assertRefused("already exists", self.whmcs.call, "UpdateUser", user_id=user, email=ADA_EMAIL)

    def test_rights_are_per_user_and_client(self):
        for client in [*LINUS_CLIENTS, FOREIGN_CLIENT]:
            answer = self.whmcs.call("GetUserPermissions", user_id=LINUS_USER, client_id=client)
            self.assertEqual(answer["result"], "success")
        refused = "User is not associated with client"
        self.assertRefused(refused, self.whmcs.call, "GetUserPermissions", user_id=LINUS_USER, client_id=ADA_CLIENT)
        self.assertRefused(
            "Invalid user id", self.whmcs.call, "GetUserPermissions", user_id=999_999, client_id=ADA_CLIENT
        )

    def test_an_order_is_placed_accepted_once_and_found(self):
        client, answer = self.order()
        [order] = self.whmcs.get_orders(userid=client)
        self.assertEqual((int(order["id"]), order["status"]), (int(answer["orderid"]), "Pending"))
        self.assertEqual(int(order["invoiceid"]), int(answer["invoiceid"]))
        [service] = self.whmcs.get_clients_products(clientid=client)
        self.assertEqual((str(service["id"]), service["status"]), (str(answer["serviceids"]), "Pending"))
        self.whmcs.accept_order(answer["orderid"])
        [service] = self.whmcs.get_clients_products(clientid=client)
        self.assertEqual((service["status"], service["domain"]), ("Active", "witness.example"))
        self.assertRefused("Status not Pending", self.whmcs.accept_order, answer["orderid"])

    def test_lists_of_an_order_belong_together_by_index(self):
        client = self.whmcs.add_client(**profile())
        one, two = monthly(self.whmcs.call("GetProducts")["products"])[:2]
        self.whmcs.call(
            "AddOrder",
            clientid=client,
            paymentmethod="banktransfer",
            pid=[one, two],
            billingcycle=["monthly", "annually"],
            domain=["one.example", "two.example"],
        )
        services = {int(row["pid"]): row for row in self.whmcs.get_clients_products(clientid=client)}
        self.assertEqual((services[one]["domain"], services[two]["domain"]), ("one.example", "two.example"))
        cycles = [services[pid]["billingcycle"].lower() for pid in (one, two)]
        self.assertEqual(cycles, ["monthly", "annually"])

    def test_an_order_is_cancelled_while_it_is_pending(self):
        client, answer = self.order()
        self.whmcs.cancel_order(answer["orderid"])
        [order] = self.whmcs.get_orders(userid=client)
        self.assertEqual(order["status"], "Cancelled")

    def test_what_is_wrong_with_an_order_is_said(self):
        client = self.whmcs.add_client(**profile())
        pid = monthly(self.whmcs.call("GetProducts")["products"])[0]
        add = {"clientid": client, "paymentmethod": "banktransfer", "pid": [pid], "billingcycle": ["monthly"]}
        cases = [
            ("Client ID Not Found", {"clientid": 999_999}),
            ("Invalid Payment Method. Valid options include", {"paymentmethod": "pebbles"}),
            ("No items added to cart so order cannot proceed", {"pid": []}),
            ("Expecting parameter '.+' to be an array", {"pid": pid}),
        ]
        for message, changes in cases:
            with self.subTest(message=message):
                self.assertRefused(message, self.whmcs.call, "AddOrder", **{**add, **changes})

    def test_an_invoice_is_paid_in_two_parts(self):
        client, answer = self.order()
        number = answer["invoiceid"]
        invoice = self.whmcs.get_invoice(number)
        self.assertEqual(
            (int(invoice["userid"]), invoice["status"], invoice["balance"]), (client, "Unpaid", invoice["total"])
        )
        pay = {"invoiceid": number, "gateway": "banktransfer", "date": "2026-01-02 03:04:05"}
        self.whmcs.call("AddInvoicePayment", transid=unique("first"), amount="1.00", **pay)
        self.assertEqual(self.whmcs.get_invoice(number)["status"], "Unpaid")
        self.whmcs.call("AddInvoicePayment", transid=unique("rest"), **pay)
        paid = self.whmcs.get_invoice(number)
        self.assertEqual((paid["status"], paid["balance"]), ("Paid", "0.00"))
        rows = self.whmcs.get_transactions(invoiceid=number)
        self.assertEqual(sorted(row["amountin"] for row in rows)[0], "1.00")
        self.assertAlmostEqual(sum(float(row["amountin"]) for row in rows), float(invoice["total"]))
        self.assertRefused(
            "Invoice ID Not Found",
            self.whmcs.call,
            "AddInvoicePayment",
            **{**pay, "invoiceid": 999_999, "transid": "x"},
        )

    def test_invoices_come_in_pages(self):
        whole = self.whmcs.call("GetInvoices", userid=ADA_CLIENT, limitnum=100)["invoices"]["invoice"]
        pages = self.whmcs.paginated_call("GetInvoices", userid=ADA_CLIENT, limitnum=2)
        rows = [row for page in pages for row in page["invoices"]["invoice"]]
        self.assertEqual([row["id"] for row in rows], [row["id"] for row in whole])
        self.assertGreater(len(whole), 2)

    def test_an_invoice_is_made_and_cancelled(self):
        line = {"itemdescription1": "One", "itemamount1": "10.00"}
        number = self.whmcs.call("CreateInvoice", userid=ADA_CLIENT, draft=1, **line)["invoiceid"]
        self.assertEqual(self.whmcs.get_invoice(number)["status"], "Draft")
        self.whmcs.call("UpdateInvoice", invoiceid=number, publish=1)
        self.assertEqual(self.whmcs.get_invoice(number)["status"], "Unpaid")
        self.whmcs.call(
            "UpdateInvoice",
            invoiceid=self.whmcs.call("CreateInvoice", userid=ADA_CLIENT, draft=1, **line)["invoiceid"],
            status="Cancelled",
        )
        self.assertRefused("Invoice ID Not Found", self.whmcs.get_invoice, 999_999)

    def test_a_service_is_cancelled_at_the_end_of_its_time(self):
        _, answer = self.order()
        self.whmcs.accept_order(answer["orderid"])
        ask = {"serviceid": int(answer["serviceids"]), "type": "End of Billing Period", "reason": "no longer needed"}
        self.assertEqual(int(self.whmcs.call("AddCancelRequest", **ask)["serviceid"]), ask["serviceid"])
        self.assertRefused("Existing Cancellation Request Exists", self.whmcs.call, "AddCancelRequest", **ask)
        rows = self.whmcs.call("GetCancelledPackages")["packages"]["package"]
        self.assertIn(ask["serviceid"], [int(row["relid"]) for row in rows])

    def test_what_the_shop_offers_is_listed(self):
        codes = [row["code"] for row in self.whmcs.call("GetCurrencies")["currencies"]["currency"]]
        self.assertEqual(codes, ["USD", "EUR"])
        gateways = [row["module"] for row in self.whmcs.call("GetPaymentMethods")["paymentmethods"]["paymentmethod"]]
        self.assertIn("banktransfer", gateways)
        statuses = [row["title"] for row in self.whmcs.call("GetOrderStatuses")["statuses"]["status"]]
        self.assertLessEqual({"Pending", "Active", "Fraud", "Cancelled"}, set(statuses))

    def test_what_a_client_has_is_listed(self):
        client = self.whmcs.add_client(**profile())
        self.assertEqual(int(self.whmcs.call("GetCredits", clientid=client)["totalresults"]), 0)
        self.assertFalse(self.whmcs.call("GetPayMethods", clientid=client)["paymethods"])
        self.assertRefused("Client ID Not Found", self.whmcs.call, "GetCredits", clientid=999_999)
        self.assertRefused("Client Not Found", self.whmcs.call, "GetPayMethods", clientid=999_999)
        self.assertRefused("Client ID Is Required", self.whmcs.call, "GetPayMethods")

    def test_a_promotion_is_found_by_its_code(self):
        promotions = self.whmcs.call("GetPromotions")["promotions"]["promotion"]
        code = promotions[0]["code"]
        found = self.whmcs.call("GetPromotions", code=code)["promotions"]["promotion"]
        self.assertEqual([row["code"] for row in found], [code])

    def test_the_install_says_what_it_is_and_takes_notes(self):
        self.assertRegex(self.whmcs.call("WhmcsDetails")["whmcs"]["version"], r"^\d+\.\d+")
        self.assertEqual(self.whmcs.call("LogActivity", clientid=ADA_CLIENT, description="seen")["result"], "success")

    def test_a_password_is_reset_by_mail_to_the_user(self):
        self.assertEqual(self.whmcs.call("ResetPassword", email=ADA_EMAIL)["result"], "success")
        self.assertRefused("User Not Found", self.whmcs.call, "ResetPassword", id=999_999)
        self.assertRefused("enter the email address or provide the id", self.whmcs.call, "ResetPassword")

    def test_a_token_signs_in_once(self):
        answer = self.whmcs.call(
            "CreateSsoToken",
            client_id=ADA_CLIENT,
            user_id=ADA_USER,
            destination="sso:custom_redirect",
            sso_redirect_path="viewinvoice.php?id=7",
        )
        self.assertIn(f"/oauth/singlesignon.php?access_token={answer['access_token']}", answer["redirect_url"])
        self.assertRefused(
            "Invalid user_id for client", self.whmcs.call, "CreateSsoToken", client_id=ADA_CLIENT, user_id=LINUS_USER
        )

    def test_credentials_and_rights_are_refused_with_an_exception_of_their_own(self):
        refused = {"error": MissingPermission}
        self.assertRefused("Authentication Failed", self.connect(secret="wrong").get_invoice, 7, **refused)
        self.assertRefused("Invalid or missing credentials", self.connect(identifier="nobody").get_invoice, 7, **refused)
        self.sandbox.control("POST", "config", {"denied_actions": ["GetInvoice"]})
        try:
            denied = 'Invalid Permissions: API action "getinvoice" is not allowed'
            self.assertRefused(denied, self.whmcs.get_invoice, 7, **refused)
        finally:
            self.sandbox.control("POST", "config", {"denied_actions": []})

"""simple-salesforce makes, reads, changes and removes records, sends many at once, and puts files on a case."""

import base64
import os
from datetime import datetime, timedelta, timezone

from simple_salesforce import format_external_id, format_soql
from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from harness import unique
from salesforce_session import VERSION, SalesforceCase

ID = r"^[A-Za-z0-9]{15}[A-Z0-5]{3}$"
BASE = f"/services/data/v{VERSION}"


class Records(SalesforceCase):
    def test_create_read_update_delete_and_delete_again(self):
        account = self.sf.Account
        name = unique("Created")
        created = account.create({"Name": name, "Phone": "020 7946 0000"})
        self.assertEqual((created["success"], created["errors"]), (True, []))
        self.assertRegex(created["id"], ID)

        record = account.get(created["id"])
        self.assertEqual((record["Name"], record["Phone"], record["Website"]), (name, "020 7946 0000", None))
        self.assertEqual(record["attributes"]["type"], "Account")

        self.assertEqual(account.update(created["id"], {"Phone": None}), 204)
        self.assertIsNone(account.get(created["id"])["Phone"])

        self.assertEqual(account.delete(created["id"]), 204)
        gone = self.assertRefused(
            SalesforceResourceNotFound,
            "ENTITY_IS_DELETED",
            "^entity is deleted$",
            lambda: account.delete(created["id"]),
        )
        self.assertEqual(gone["fields"], [])

    def test_upsert_makes_then_changes(self):
        key = f"{unique('client')}/with a space"
        path = format_external_id("WHMCS_Client_Id__c", key)
        self.assertEqual(self.sf.Account.upsert(path, {"Name": "First"}), 201)
        self.assertEqual(self.sf.Account.upsert(path, {"Name": "Second"}), 200)
        record = self.sf.Account.get(path)
        self.assertEqual((record["Name"], record["WHMCS_Client_Id__c"]), ("Second", key))

    def test_an_upsert_answers_with_the_id_and_whether_it_was_made(self):
        path = format_external_id("WHMCS_Client_Id__c", unique("client"))
        first, second = (self.sf.Account.upsert(path, {"Name": "x"}, raw_response=True).json() for _ in range(2))
        self.assertEqual((first["created"], second["created"]), (True, False))
        self.assertEqual(first["id"], second["id"])

    def test_an_upsert_whose_key_two_records_have_changes_neither(self):
        # An external id that is not unique, as administrators make them.
        field = {"name": "Legacy_Id__c", "external_id": True}
        self.sandbox.control("POST", "salesforce/objects", {"name": "Contact", "fields": [field]})
        key = unique("twin")
        ids = [self.sf.Contact.create({"LastName": name, "Legacy_Id__c": key})["id"] for name in ("One", "Two")]
        with self.assertRaises(SalesforceMoreThanOneRecord) as caught:
            self.sf.Contact.upsert(f"Legacy_Id__c/{key}", {"FirstName": "Neither"})
        self.assertEqual(sorted(url.rsplit("/", 1)[1] for url in caught.exception.content), sorted(ids))
        self.assertEqual([self.sf.Contact.get(one)["FirstName"] for one in ids], [None, None])

    def test_an_upsert_repeats_neither_key_nor_id_in_its_body(self):
        key = unique("client")
        self.assertRefused(
            SalesforceMalformedRequest,
            "INVALID_FIELD",
            "The WHMCS_Client_Id__c field should not be specified in the sobject data.",
            lambda: self.sf.Account.upsert(f"WHMCS_Client_Id__c/{key}", {"Name": "x", "WHMCS_Client_Id__c": key}),
        )

    def test_what_is_wrong_with_a_record_has_its_own_code(self):
        account, contact = self.sf.Account, self.sf.Contact
        bad = SalesforceMalformedRequest
        cases = [
            (
                bad,
                "INVALID_FIELD",
                "No such column 'Pet__c' on sobject of type Account",
                lambda: account.create({"Name": "x", "Pet__c": "cat"}),
            ),
            (
                bad,
                "REQUIRED_FIELD_MISSING",
                r"Required fields are missing: \[LastName\]",
                lambda: contact.create({"FirstName": "x"}),
            ),
            (bad, "STRING_TOO_LONG", "Name", lambda: account.create({"Name": "x" * 256})),
            (bad, "INVALID_EMAIL_ADDRESS", "nonsense", lambda: contact.create({"LastName": "x", "Email": "nonsense"})),
            (
                bad,
                "MALFORMED_ID",
                "id value of incorrect type: 001B000000FSjVUIB1",
                lambda: account.update("001B000000FSjVUIB1", {"Name": "x"}),
            ),
            (
                SalesforceResourceNotFound,
                "NOT_FOUND",
                "The requested resource does not exist",
                lambda: self.sf.Spaceship__c.create({"Name": "x"}),
            ),
            (
                SalesforceResourceNotFound,
                "NOT_FOUND",
                "Provided external ID field does not exist",
                lambda: account.upsert("Namez/x", {"Name": "x"}),
            ),
        ]
        for error, code, message, call in cases:
            with self.subTest(code=code, message=message):
                self.assertRefused(error, code, message, call)

    def test_the_deleted_and_the_changed_records_of_a_time_can_be_listed(self):
        kept, gone = (self.sf.Case.create({"Subject": unique("Listed")})["id"] for _ in range(2))
        self.sf.Case.delete(gone)
        now = datetime.now(timezone.utc)
        start, end = now - timedelta(hours=1), now + timedelta(hours=1)
        self.assertIn(gone, [record["id"] for record in self.sf.Case.deleted(start, end)["deletedRecords"]])
        self.assertIn(kept, self.sf.Case.updated(start, end)["ids"])


class Batches(SalesforceCase):
    def collection(self, method, body, path=""):
        return self.sf.restful(f"composite/sobjects{path}", method=method, json=body)

    def test_of_a_collection_with_one_bad_row_the_others_are_stored(self):
        name = unique("Partial")
        rows = [
            {"attributes": {"type": "Account"}, **fields} for fields in ({"Name": name}, {"Phone": "1"}, {"Name": name})
        ]
        results = self.collection("POST", {"allOrNone": False, "records": rows})
        self.assertEqual([one["success"] for one in results], [True, False, True])
        self.assertEqual(results[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING")
        self.assertEqual(self.sf.query(format_soql("SELECT Id FROM Account WHERE Name = {}", name))["totalSize"], 2)

    def test_a_composite_request_signs_a_customer_up(self):
        key = unique("signup")
        calls = [
            {
                "method": "PATCH",
                "referenceId": "acc",
                "url": f"{BASE}/sobjects/Account/WHMCS_Client_Id__c/{key}",
                "body": {"Name": key},
            },
            {
                "method": "PATCH",
                "referenceId": "con",
                "url": f"{BASE}/sobjects/Contact/WHMCS_Contact_Id__c/{key}-7",
                "body": {"LastName": "x", "Account": {"WHMCS_Client_Id__c": key}},
            },
        ]
        body = {"allOrNone": True, "collateSubrequests": False, "compositeRequest": calls}
        for status in (201, 200):
            answers = self.sf.restful("composite", method="POST", json=body)["compositeResponse"]
            self.assertEqual(
                [(one["referenceId"], one["httpStatusCode"]) for one in answers], [("acc", status), ("con", status)]
            )

    def test_a_composite_request_that_is_all_or_none_undoes_what_went_well(self):
        name = unique("Undone")
        calls = [
            {"method": "POST", "referenceId": "good", "url": f"{BASE}/sobjects/Account", "body": {"Name": name}},
            {"method": "POST", "referenceId": "bad", "url": f"{BASE}/sobjects/Contact", "body": {"FirstName": "x"}},
        ]
        body = {"allOrNone": True, "compositeRequest": calls}
        good, bad = self.sf.restful("composite", method="POST", json=body)["compositeResponse"]
        self.assertEqual((good["httpStatusCode"], good["body"][0]["errorCode"]), (400, "PROCESSING_HALTED"))
        self.assertEqual((bad["httpStatusCode"], bad["body"][0]["errorCode"]), (400, "REQUIRED_FIELD_MISSING"))
        self.assertEqual(self.sf.query(format_soql("SELECT Id FROM Account WHERE Name = {}", name))["totalSize"], 0)

    def test_a_tree_is_made_in_one_call(self):
        tree = {
            "records": [
                {
                    "attributes": {"type": "Account", "referenceId": "ref1"},
                    "Name": unique("Tree"),
                    "Contacts": {
                        "records": [{"attributes": {"type": "Contact", "referenceId": "ref2"}, "LastName": "Leaf"}]
                    },
                }
            ]
        }
        answer = self.sf.restful("composite/tree/Account/", method="POST", json=tree)
        self.assertFalse(answer["hasErrors"])
        ids = {one["referenceId"]: one["id"] for one in answer["results"]}
        self.assertEqual(self.sf.Contact.get(ids["ref2"])["AccountId"], ids["ref1"])

    def test_the_organisation_describes_itself(self):
        names = [one["name"] for one in self.sf.describe()["sobjects"]]
        for name in ("Account", "Contact", "Case", "CaseComment", "ContentVersion"):
            self.assertIn(name, names)
        fields = {field["name"]: field for field in self.sf.Case.describe()["fields"]}
        key = fields["Portal_Request_Id__c"]
        self.assertEqual((key["externalId"], key["unique"], key["caseSensitive"]), (True, True, False))
        self.assertIn("Closed", [entry["value"] for entry in fields["Status"]["picklistValues"]])

    def test_the_allowance_is_told_and_ends(self):
        allowance = self.sf.limits()["DailyApiRequests"]
        self.assertGreater(allowance["Remaining"], 0)
        usage = self.sf.api_usage["api-usage"]
        self.assertEqual((usage.used, usage.total), (allowance["Max"] - allowance["Remaining"], allowance["Max"]))
        self.sandbox.control("POST", "config", {"api_quota": 1})
        try:
            self.assertRefused(
                SalesforceRefusedRequest,
                "REQUEST_LIMIT_EXCEEDED",
                "TotalRequests Limit exceeded.",
                lambda: self.sf.query("SELECT Id FROM Account"),
            )
        finally:
            self.sandbox.control("POST", "config", {"api_quota": allowance["Max"]})


class Files(SalesforceCase):
    BYTES = bytes([0, 255, 13, 10, 26, 128]) + os.urandom(5_000)

    def test_a_file_goes_up_hangs_on_its_case_and_comes_back(self):
        case = self.sf.Case.create({"Subject": unique("With a file")})["id"]
        created = self.sf.ContentVersion.create(
            {
                "Title": "log",
                "PathOnClient": "log.bin",
                "FirstPublishLocationId": case,
                "VersionData": base64.b64encode(self.BYTES).decode(),
            }
        )
        soql = format_soql(
            "SELECT ContentDocumentId, ContentSize, FileExtension FROM ContentVersion WHERE Id = {}", created["id"]
        )
        [version] = self.sf.query(soql)["records"]
        self.assertEqual((version["ContentSize"], version["FileExtension"]), (len(self.BYTES), "bin"))
        soql = format_soql("SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = {}", case)
        links = self.sf.query(soql)["records"]
        self.assertEqual([link["ContentDocumentId"] for link in links], [version["ContentDocumentId"]])
        self.assertEqual(self.sf.ContentVersion.get_base64(created["id"], "VersionData"), self.BYTES)

    def test_the_library_encodes_a_file_by_itself_but_gives_it_no_name(self):
        version = self.sf.ContentVersion
        self.assertRefused(
            SalesforceMalformedRequest,
            "REQUIRED_FIELD_MISSING",
            "PathOnClient",
            lambda: version.upload_base64(str(self.sandbox.key_file), base64_field="VersionData"),
        )

"""simple-salesforce asks in SOQL: pages, relationships, counts, its own escaping, and what is not SOQL."""

from datetime import datetime, timedelta, timezone

from simple_salesforce import format_soql
from simple_salesforce.exceptions import SalesforceMalformedRequest

from harness import unique
from salesforce_session import SalesforceCase

# More than a page holds.
MANY = 2_100
# How many rows one request of a collection may have.
BATCH = 200


class Query(SalesforceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.sf.Account.create({"Name": unique("Many")})["id"]
        for start in range(0, MANY, BATCH):
            rows = [
                {"attributes": {"type": "Case"}, "AccountId": cls.account, "Subject": f"Question {n}"}
                for n in range(start, min(start + BATCH, MANY))
            ]
            results = cls.sf.restful("composite/sobjects", method="POST", json={"allOrNone": True, "records": rows})
            if not all(one["success"] for one in results):
                raise AssertionError(f"the rows could not be made: {results[:2]}")

    def cases(self, rest):
        return self.sf.query(format_soql(f"SELECT Id FROM Case WHERE AccountId = {{}} {rest}", self.account))

    def test_more_rows_than_a_page_holds_come_in_pages(self):
        first = self.cases("ORDER BY CreatedDate, Id")
        self.assertEqual((first["totalSize"], first["done"], len(first["records"])), (MANY, False, 2_000))
        self.assertRegex(first["nextRecordsUrl"], r"/query/01g[A-Za-z0-9]{15}-2000$")
        second = self.sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
        self.assertEqual((second["totalSize"], second["done"], len(second["records"])), (MANY, True, MANY - 2_000))
        self.assertNotIn("nextRecordsUrl", second)

    def test_the_library_fetches_all_pages_by_itself(self):
        soql = format_soql("SELECT Id FROM Case WHERE AccountId = {}", self.account)
        everything = self.sf.query_all(soql)
        self.assertEqual(len({row["Id"] for row in everything["records"]}), MANY)
        self.assertEqual(sum(1 for _ in self.sf.query_all_iter(soql)), MANY)

    def test_a_session_that_ends_between_two_pages_is_made_anew(self):
        first = self.cases("")
        before = self.sf.session_id
        self.sandbox.control("POST", "tokens/expire")
        second = self.sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
        self.assertEqual((second["done"], len(second["records"])), (True, MANY - 2_000))
        self.assertNotEqual(self.sf.session_id, before)

    def test_deleted_records_are_only_among_all(self):
        subject = unique("Deleted")
        case = self.sf.Case.create({"Subject": subject})["id"]
        self.sf.Case.delete(case)
        soql = format_soql("SELECT Id, IsDeleted FROM Case WHERE Subject = {}", subject)
        self.assertEqual(self.sf.query(soql)["totalSize"], 0)
        [row] = self.sf.query(soql, include_deleted=True)["records"]
        self.assertEqual((row["Id"], row["IsDeleted"]), (case, True))

    def test_a_locator_that_was_never_given_is_refused(self):
        self.assertRefused(
            SalesforceMalformedRequest,
            "INVALID_QUERY_LOCATOR",
            None,
            lambda: self.sf.query_more("01g000000000001AAA-2000"),
        )

    def test_parents_and_children(self):
        account = self.sf.Account.create({"Name": unique("Family")})["id"]
        for name in ("Beta", "Alpha"):
            self.sf.Contact.create({"LastName": name, "AccountId": account})
        contacts = "(SELECT LastName FROM Contacts ORDER BY LastName)"
        soql = f"SELECT Name, {contacts}, (SELECT Id FROM Cases) FROM Account WHERE Id = {{}}"
        [row] = self.sf.query(format_soql(soql, account))["records"]
        self.assertEqual([child["LastName"] for child in row["Contacts"]["records"]], ["Alpha", "Beta"])
        self.assertIsNone(row["Cases"])
        soql = "SELECT LastName, Account.Name FROM Contact WHERE AccountId = {} ORDER BY LastName DESC LIMIT 1"
        [child] = self.sf.query(format_soql(soql, account))["records"]
        self.assertEqual((child["LastName"], child["Account"]["Name"]), ("Beta", row["Name"]))

    def test_counts(self):
        count = self.sf.query(format_soql("SELECT COUNT() FROM Case WHERE AccountId = {}", self.account))
        self.assertEqual((count["totalSize"], count["records"]), (MANY, []))
        soql = "SELECT Status, COUNT(Id) n FROM Case WHERE AccountId = {} GROUP BY Status"
        [group] = self.sf.query(format_soql(soql, self.account))["records"]
        self.assertEqual(group["n"], MANY)

    def test_what_the_library_escapes_arrives_as_it_was_meant(self):
        for text in ("it's", 'a "b"', "back\\slash", "50% _ off", "Ø 👋", "x' OR Name != '", "\\' OR Name != '"):
            with self.subTest(text=text):
                name = f"{unique('Quote')} {text}"
                account = self.sf.Account.create({"Name": name})["id"]
                for soql in (
                    format_soql("SELECT Id FROM Account WHERE Name = {}", name),
                    format_soql("SELECT Id FROM Account WHERE Name IN {}", [name, "absent"]),
                    format_soql("SELECT Id FROM Account WHERE Name LIKE '{:like}'", name),
                ):
                    self.assertEqual([row["Id"] for row in self.sf.query(soql)["records"]], [account], soql)

    def test_dates_booleans_and_nulls_are_literals(self):
        since = datetime.now(timezone.utc) - timedelta(days=1)
        soql = "SELECT COUNT() FROM Case WHERE AccountId = {} AND CreatedDate > {} AND IsClosed = {} AND ContactId = {}"
        self.assertEqual(self.sf.query(format_soql(soql, self.account, since, False, None))["totalSize"], MANY)

    def test_what_is_wrong_with_a_query_has_its_own_code(self):
        cases = [
            ("SELEKT Id FROM Account", "MALFORMED_QUERY", "unexpected token: SELEKT"),
            ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "."),
            (
                "SELECT Bacon__c FROM Account",
                "INVALID_FIELD",
                r"ERROR at Row:1:Column:8\nNo such column 'Bacon__c' on entity 'Account'\.",
            ),
            ("SELECT Id FROM Spaceship__c", "INVALID_TYPE", "Spaceship__c"),
            ("SELECT Id FROM Case WHERE Description = 'x'", "INVALID_FIELD", "Description"),
            ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "^"),
        ]
        for soql, code, message in cases:
            with self.subTest(soql=soql):
                self.assertRefused(SalesforceMalformedRequest, code, message, lambda soql=soql: self.sf.query(soql))

/** What is found and what is not, one line each; the large sets are in the feature's `measure/`. */
import { describe, expect, test } from "vitest";
import { find } from "../../../src/features/personal-data/scan.ts";

const found = (text: string, looked = {}) =>
  find(text, looked).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

test.each([
  // The examples that the authorities and standards print.
  ["DNI 12345678Z", "dni 12345678Z"],
  ["documento 12.345.678-Z.", "dni 12.345.678-Z"],
  ["NIE X1234567L", "nie X1234567L"],
  ["NIF K1234567A? mal; bien: K0867756N", "dni K0867756N"],
  ["CIF A58818501", "cif A58818501"],
  ["VAT ESA58818501", "cif ESA58818501"],
  ["NSS 281234567840", "nss 281234567840"],
  ["ES91 2100 0418 4502 0005 1332", "iban ES91 2100 0418 4502 0005 1332"],
  ["gb29nwbk60161331926819", "iban gb29nwbk60161331926819"],
  ["GB29 NWBK 6016 1331 9268 19 y más", "iban GB29 NWBK 6016 1331 9268 19"],
  ["tarjeta 4111 1111 1111 1111 12/27", "card 4111 1111 1111 1111"],
  ["3782-822463-10005", "card 3782-822463-10005"],
  ["el 91 123 45 67 de casa", "phone 91 123 45 67"],
  ["(+34) 612-345-678", "phone (+34) 612-345-678"],
  ["mi móvil (612345678) y ya", "phone 612345678"],
  ["(+34 612345678)", "phone +34 612345678"],
  ["call me on (415) 555-2671", "phone (415) 555-2671"],
  ["+44 20 7946 0958", "phone +44 20 7946 0958"],
  ["Ana.Perez+x@Correo-E.es,", "email Ana.Perez+x@Correo-E.es"],
  ["from 10.0.12.7:8080", "ip 10.0.12.7"],
  ["[2001:db8::8a2e:370:7334]", "ip 2001:db8::8a2e:370:7334"],
  ["AKIAIOSFODNN7EXAMPLE", "secret AKIAIOSFODNN7EXAMPLE"],
  ["postgres://app:s3cr3t-pw@db.example.org/x", "secret s3cr3t-pw"],
  ['"password": "hunter2hunter2"', "secret hunter2hunter2"],
  ["Authorization: Bearer abc123def456ghi789", "secret abc123def456ghi789"],
  ["pasaporte PAA123456", "passport PAA123456"],
  ["matrícula 1234 BCD", "plate 1234 BCD"],
  ["NHS number 943 476 5919", "health 943 476 5919"],
  ["Versichertennummer A123456780", "health A123456780"],
  ["NIR 2 55 08 14 168 025 38", "nss 2 55 08 14 168 025 38"],
  ["SSN 219-09-9999", "nss 219-09-9999"],
  ["nacida el 3 de mayo de 1980", "birthdate 3 de mayo de 1980"],
  ["born on May 3, 1980", "birthdate May 3, 1980"],
  ["vive en la calle Mayor 5, 3º B, 28013 Madrid.", "address calle Mayor 5, 3º B, 28013 Madrid"],
  ["at 221B Baker Street, London NW1 6XE", "address 221B Baker Street, London NW1 6XE"],
  ["C.P. 28013", "postcode 28013"],
])("%s", (text, expected) => {
  expect(found(text)).toEqual([expected]);
});

test.each([
  "DNI 12345678A",
  "12345678 y después",
  "NIE X1234567A",
  "CIF A58818502",
  "NSS 281234567841",
  "ES92 2100 0418 4502 0005 1332",
  "4111 1111 1111 1112",
  "pedido 612345678",
  "ISBN 978-84-376-0494-7",
  "6.12.2024 18:30",
  "factura 2024-612345678",
  "https://tienda.example/p/612345678",
  "cuesta 612 345 678 €",
  "versión 10.2.3.4",
  "127.0.0.1 y 255.255.255.0",
  "std::vector<a::b>",
  "12:34:56",
  "git@github.com:acme/charla.git",
  "lodash@4.17.21",
  "1234 BCD",
  "28013",
  "3 de mayo de 1980",
  "password: see the notes",
  "const token = response.data1.value",
  "en la calle había 3 coches",
  "",
])("nothing in: %s", (text) => {
  expect(found(text)).toEqual([]);
});

describe("overlaps", () => {
  test("the longest has the place", () => {
    expect(found("ES91 2100 0418 4502 0005 1332")).toEqual(["iban ES91 2100 0418 4502 0005 1332"]);
    expect(found("ghp_012345678901234567890123456789612345")).toHaveLength(1);
    expect(found("https://ana:612345678@x.example.org")).toEqual(["secret 612345678"]);
  });

  test("a kind that is off does not fall to another one", () => {
    const kinds = new Set(["phone", "card"] as const);
    expect(found("ES91 2100 0418 4502 0005 1332 y 612345678", { kinds })).toEqual([
      "phone 612345678",
    ]);
  });
});

test("what the organisation allows is left, in whatever spelling", () => {
  const allowed = ["info@acme.example", "91 123 45 67", "@acme.org"];
  const text = "INFO@acme.example, ana@acme.org, ana@acme.net, 911-234-567, 612345678";
  expect(found(text, { allowed })).toEqual(["email ana@acme.net", "phone 612345678"]);
});

describe("near misses of Spain's identifiers, each with a right check", () => {
  const letterOf = (number: number) => "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23];
  const security = (province: string) => {
    const number = "12345678";
    const control = BigInt(province + number) % 97n;
    return `${province}${number}${String(control).padStart(2, "0")}`;
  };

  test("a DNI of seven digits needs a word that says so, one of eight does not, six are none", () => {
    const seven = `1234567${letterOf(1_234_567)}`;
    expect(found(`DNI ${seven}`)).toEqual([`dni ${seven}`]);
    expect(found(`abc ${seven}`)).toEqual([]);
    expect(found(`abc 12345678${letterOf(12_345_678)}`)).toEqual(["dni 12345678Z"]);
    expect(found(`DNI 123456${letterOf(123_456)}`)).toEqual([]);
  });

  test("a number of the social security begins with a province: 1 to 53, and 66", () => {
    for (const province of ["01", "28", "53", "66"]) {
      expect(found(`NSS ${security(province)}`), province).toEqual([`nss ${security(province)}`]);
    }
    for (const province of ["00", "54", "65", "67", "99"]) {
      const kinds = found(`NSS ${security(province)}`).map((one) => one.split(" ")[0]);
      expect(kinds, province).not.toContain("nss");
    }
  });

  test("the control of a CIF is a digit, a letter or either, by the kind of the company", () => {
    // The digits 5881850 have the control 1, as a letter A.
    const kinds = (kind: string, control: string) =>
      found(`CIF ${kind}5881850${control}`).map((one) => one.split(" ")[0]);
    for (const [kind, digit, letter] of [
      ["A", true, false],
      ["H", true, false],
      ["P", false, true],
      ["W", false, true],
      ["C", true, true],
      ["J", true, true],
    ] as const) {
      expect(kinds(kind, "1"), kind).toEqual(digit ? ["cif"] : []);
      expect(kinds(kind, "A"), kind).toEqual(letter ? ["cif"] : []);
      expect(kinds(kind, "2"), kind).toEqual([]);
    }
  });
});

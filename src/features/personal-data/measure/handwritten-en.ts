/** The same in English, and code and logs: see `handwritten-es.ts`. */
export const ENGLISH: readonly string[] = [
  `Dear Sir or Madam,

I am writing about my account ⟦iban|GB35 NWBK 2044 3409 9093 54⟧. My name is ⟦name|Harriet Collins⟧, I live at ⟦address|14 Mill Lane, Cambridge CB2 1TN⟧, and you can reach me on ⟦phone|07400 035507⟧ or at ⟦email|h.collins@mail.example.org⟧.

Yours faithfully,
⟦name|Harriet Collins⟧`,
  `Hi ⟦name|Tom⟧, the meeting moved to 14:30 on 12/06/2025, room 3.14. Bring the Q2 numbers (1.2M, up 14 %). Dial-in: ⟦phone|+44 20 7946 0812⟧, PIN 448120.`,
  `Patient: ⟦name|Olu Adeyemi⟧, DOB ⟦birthdate|14 February 1958⟧, NHS number ⟦health|910 667 4666⟧. Presented with chest pain, BP 150/95, started on 75 mg aspirin.`,
  `name,email,phone
⟦name|Ana Pérez⟧,⟦email|ana@ayto.madrid.es⟧,⟦phone|+34612345678⟧
⟦name|John Smith⟧,⟦email|j.smith@acme.co.uk⟧,⟦phone|+1 212-415-4031⟧`,
  `2024-11-02T10:22:31.123Z ERROR auth failed for ⟦email|laura+compras@example.com⟧ from ⟦ip|218.2.20.4⟧:51324 attempt=3 trace=4bf92f3577b34da6a3ce929d0e0e4736`,
  `export AWS_ACCESS_KEY_ID=⟦secret|AKIAZ2N5O45AUWYYEWXR⟧
export AWS_REGION=eu-west-1
export NODE_VERSION=24.21.0`,
  `git clone git@github.com:acme/shop.git && cd shop && git checkout 4f2d8a9c && npm i react@19.3.1 && docker run -p 8080:80 nginx:1.27.3`,
  `DATABASE_URL=postgres://shop:⟦secret|Sup3rS3cret99⟧@db.internal:5432/shop
REDIS_URL=redis://localhost:6379/0`,
  `Please charge ⟦card|3772 362675 00325⟧ (Amex, exp 11/26) for order 7784512209, total $1,245.00, and ship to ⟦address|221 Oak Avenue, Springfield, IL 62704⟧.`,
  `const token = "⟦secret|ghp_a8FzQ1mX0pLk29VbTq7RwYs4HdJ6NcE5uGi3⟧"; // TODO remove
const retries = 3, timeout = 30000, version = "1.4.12.2";`,
  `What is 4111 times 1111? And is 561 a Carmichael number? Show the steps, and check 2^61-1 = 2305843009213693951.`,
  `CV, ⟦name|Priya Raman⟧. ⟦email|priya@dominio.io⟧ | ⟦phone|+1 (415) 452-8722⟧ | linkedin.com/in/priyaraman. 2016-2021 Staff engineer, Acme. BSc 2:1, 2015. IELTS 8.5.`,
  `Her Spanish ID is ⟦nie|Y2676186N⟧ and her social security number is ⟦nss|08/40459764/63⟧, start date 1 March 2025, salary 32,000 EUR, 14 payments.`,
  `The IP of the printer is ⟦ip|10.20.30.40⟧; ping took 12 ms, TTL 64, packet loss 0.0 %. RFC 1918 says 10.0.0.0/8 is private; localhost is 127.0.0.1.`,
  `Summarise: "On 3 May 1980 the treaty was signed by 45 states; article 12.3.4 was amended in 1999 (see UN Doc. A/54/612)."`,
  `My licence plate is ⟦plate|7529-YGJ⟧, the parking fine is number 2024/778812334 and costs 80 euros if I pay before 20 June.`,
  `curl -H "Authorization: Bearer ⟦secret|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U⟧" https://api.example.com/v2/users/42`,
  `Call the landlord, ⟦name|Mr Okafor⟧, on ⟦phone|020 7946 0018⟧ after six; rent is £1,150, deposit 5 weeks, flat 3.`,
  `My passport number is ⟦passport|533401876⟧ and it expires on 04/2030. Do I need a visa for 30 days in Japan?`,
  `-----BEGIN PGP PUBLIC KEY BLOCK-----
mQENBFxYzAEBCADUk2
-----END PGP PUBLIC KEY BLOCK-----
is public, but this is not:
⟦secret|-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
-----END OPENSSH PRIVATE KEY-----⟧`,
  `Ticket #88123. Customer ⟦name|Siobhán Kelly⟧ says the refund of 61,234.56 never arrived at ⟦iban|IE22 AIBK 8955 2359 3155 37⟧. SWIFT AIBKIE2D. Agent: 4471.`,
  `The tracking id is 1Z999AA10123456784 and the courier is at +34-no idea. Weight 12.5 kg, 40x30x20 cm, HS code 8471.30.00.`,
  `Write a regex for Spanish mobile numbers. It should match +34 6xx xxx xxx and 7xx xxx xxx but not 5xx xxx xxx.`,
  `{"id": 612345678, "created_at": 1735689600, "email": "⟦email|luis@mail.example.org⟧", "phone": "⟦phone|+49 151 65012934⟧", "lat": 52.520008, "lon": 13.404954}`,
  `I was born on ⟦birthdate|March 7, 1994⟧ in Leeds, moved in 2012, and graduated on 12 July 2016 with a 2:1.`,
  `SSN: ⟦nss|219-09-9999⟧, employer EIN 12-3456789, W-2 box 1: 54,212.00. Filed 04/15/2024.`,
  `Fingerprint SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDMoRJd2KmYQqzX6nE, commit 9fceb02d0ae598e95dc970b74767f19372d61af8, build 20241102.3.`,
  `Emergency contact: ⟦name|Wei Zhang⟧, ⟦email|wei.zhang@uni.edu⟧, mobile ⟦phone|+39 338 296 9120⟧, room 12B, blood type A-.`,
  `The company (VAT ⟦cif|ESG43553502⟧) has 214 employees, a turnover of 12,345,678 EUR and ISO 9001:2015 and 27001:2022 certificates.`,
  `Can you explain why std::map<int, a::b>::iterator it = m.find(0xdeadbeef); fails on gcc 13.2.0 while 12.3.0 accepts it?`,
  `Wire it to ⟦iban|AT32 9502 3658 8066 5670⟧ or pay by card ⟦card|5177307475402488⟧. Invoice 2025-00412, due in 14 days, 3 % off if paid early.`,
  `Chapter 4, verse 12. "And the number was 144000." See also Rev. 7:4, 14:1-3, and the note on page 612.`,
  `Where is 40 Wall Street? And who lived at ⟦address|12 Church Road⟧ in the novel? My aunt does, at postcode ⟦postcode|SW1A 1AA⟧.`,
];

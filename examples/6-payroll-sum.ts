/**
 * Forty employees report twelve monthly wages each, in one ciphertext each; an accountant adds what it cannot open, and the auditor who holds
 * the key learns the totals of each month. Run it with: npm run build && npx tsx examples/6-payroll-sum.ts
 */
import { Engine } from "webhe";
import { generatePaillierKey, Paillier, PaillierPublicKey, widestLayout } from "webhe/paillier";

const EMPLOYEES = 40;
const MONTHS = 12;
/** All parties agree on the largest wage, in cents, and on how many people are added at most: this decides how wide a slot is. */
const MOST_CENTS = 5_000_000;
const MOST_PEOPLE = 10_000;

const wages = Array.from({ length: EMPLOYEES }, (_, person) =>
  Array.from({ length: MONTHS }, (_, month) => 250_000 + 7_919 * person + (month === 11 ? 100_000 : 0)),
);

const engine = await Engine.create();
try {
  // The auditor makes the key and publishes n. Nothing else leaves it.
  const key = await generatePaillierKey();
  const published = key.publicKey.n;

  const layout = widestLayout(key.publicKey.bits, BigInt(MOST_CENTS) * BigInt(MOST_PEOPLE));
  const encoding = { layout, bound: MOST_CENTS };
  console.log(`slots of ${layout.slotBits} bits, ${layout.slots} to a ciphertext of ${key.publicKey.bits / 4} bytes`);

  // Every employee encrypts at home. The key is the auditor's own, so that its short masks are known to be sound.
  const employee = await Paillier.create(engine, PaillierPublicKey.fromModulus(published, { blum: true }));
  // Masks can be made ahead, in idle time: an encryption is then a single product.
  await employee.pool.refill(EMPLOYEES);
  const sent: bigint[] = [];
  for (const year of wages) {
    const ciphertext = await employee.encryptSlots([year], encoding);
    sent.push(...(await employee.exportIntegers(ciphertext)));
    ciphertext.dispose();
  }

  // The accountant checks and adds. What each ciphertext may hold at most is agreed, and nobody's claim.
  const accountant = await Paillier.create(engine, PaillierPublicKey.fromModulus(published, { blum: true }));
  const received = accountant.importIntegers(sent, { layout, bound: BigInt(MOST_CENTS) });
  console.log(`room for ${received.additionsLeft + 1} people in a slot`);
  const total = accountant.sum(received);
  const answer = await accountant.exportIntegers(total);

  // The auditor opens the totals, and no single wage was ever in its hands.
  const auditor = await Paillier.create(engine, key);
  const opened = auditor.importIntegers(answer, { layout });
  const [cents] = await auditor.decryptSlots(opened);
  const euros = (x: number) => (x / 100).toFixed(2);
  console.log(`paid in January   ${euros(cents[0])}, on average ${euros(cents[0] / EMPLOYEES)}`);
  console.log(`paid in December  ${euros(cents[11])}, on average ${euros(cents[11] / EMPLOYEES)}`);
  const expected = Array.from({ length: MONTHS }, (_, month) => wages.reduce((sum, year) => sum + year[month], 0));
  console.log(`equal to the plain sums: ${expected.every((sum, month) => sum === cents[month])}`);

  for (const owned of [received, total, opened, employee, accountant, auditor, key]) owned.dispose();
} finally {
  await engine.close();
}

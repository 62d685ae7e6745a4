/**
 * A laboratory works with python-paillier. It sends its public key and six encrypted readings as JSON; we compute on them without being able
 * to open them, and send back JSON that python-paillier reads. Run it with: npm run build && npx tsx examples/7-python-paillier-files.ts
 * With the name of a folder behind it, it leaves its answers there; `pheutil decrypt data/python-paillier/private-key.json FOLDER/sum.json` opens one.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Engine } from "webhe";
import { Paillier, PhePaillier, PhePaillierDecryptor, readPhePublicKey, readPheSecretKey } from "webhe/paillier";

const received = (name: string) => readFile(new URL(`../data/python-paillier/${name}.json`, import.meta.url));

const engine = await Engine.create();
try {
  // What arrives: a key of `pheutil genpkey` and `pheutil extract`, and numbers with an exponent each.
  const { publicKey, kid } = readPhePublicKey(await received("public-key"));
  const phe = new PhePaillier(await Paillier.create(engine, publicKey));
  // The laboratory says that no reading is above 10: what could overflow is then refused before it is done.
  const readings = phe.readJson(await received("readings"), { bound: 10 });
  console.log(`${kid}, ${publicKey.bits} bits`);
  console.log(`${readings.batch} encrypted readings at exponents ${readings.exponents.join(", ")}`);

  // A bigint is a Python int and keeps the exponent; a number is a Python float and lowers it.
  const sum = phe.sum(readings);
  const mean = await phe.divide(sum, 6n);
  const weighted = await phe.dot(readings, [[1n, 1n, -1n, -1n, 0.5, 0.25]]);
  const corrected = phe.addPlain(await phe.multiplyPlain(readings, 1.8), 32n);

  // What leaves is re-randomised. An exponent of -32 for all is what pheutil writes, and tells nothing of magnitudes.
  const folder = process.argv[2];
  const send = async (name: string, text: string) => {
    if (folder !== undefined) await writeFile(join(folder, name), text);
    return text;
  };
  const single = { format: "single" } as const;
  const answers = {
    sum: await send("sum.json", await phe.writeJson(phe.decreaseExponentTo(sum, -32), single)),
    mean: await send("mean.json", await phe.writeJson(phe.decreaseExponentTo(mean, -32), single)),
    weighted: await send("weighted.json", await phe.writeJson(phe.decreaseExponentTo(weighted, -32), single)),
    corrected: await send("corrected.json", await phe.writeJson(phe.decreaseExponentTo(corrected, -32))),
  };

  // The laboratory's side, here with the same library instead of Python.
  const { secretKey } = readPheSecretKey(await received("private-key"));
  const laboratory = new PhePaillierDecryptor(await Paillier.create(engine, secretKey));
  for (const [name, text] of Object.entries(answers)) {
    const values = await laboratory.decrypt(laboratory.readJson(text));
    console.log(`${name.padEnd(9)} ${values.join(" ")}`);
  }
  secretKey.dispose();
} finally {
  await engine.close();
}

/** Fixed keys for tests, made once with generatePaillierKey, and an engine for them. They protect nothing. */
import type { SeedOptions } from "../../src/math/random.js";
import { PaillierSecretKey } from "../../src/paillier/keys.js";
import { Paillier, type PaillierDecryptor } from "../../src/paillier/paillier.js";
import { sharedEngine } from "../support/engine.js";

export { seeded, sharedEngine } from "../support/engine.js";

const PRIMES = {
  256: { p: "f78f196597089f6722e2dd6da73b2ca7", q: "c9dc7851a20dc5e0e8b705460d1537d7" },
  512: {
    p: "d306bf88d27c807364da739a69eeefc4b5bcb21220b8411ee3fca9ef53953ec7",
    q: "d4ad8ff4b57a14f8c6c8dcf28d1351bd593adabce6bd708c13fe9416c8fa9f43",
  },
  2048: {
    p: "bd28c778e94b8ddc91e4b04a1fca684f08c9d2713c5971281ad18a20534dc00339b2aa3f9cebcd885fb2234c82072ae600f1329291cbba0f1148c9936aca773b4a79a63365b7383a6c4a1651e67a628023ccbb616fb8eb158597f2637683fc25021b6c732a044e3713c9a275c512f256134173665871a9737c982e66f46ae757",
    q: "bd54795aa62b789ec7e32fd54e57bf21991a65fe977440f689602499831915edc1409b403d4ba1fc57acf34c690dcbf83ec28fcba6f40e2bd4866ed6e4de83fa2f221356de8038dd3e86492ab65d012218bc99737676b91fcaf95542b47bc6cb47a290235b6bc30d96617acbe00a7aaf5788811fead00e6e50b29aed27cd486b",
  },
  3072: {
    p: "d4e046c3243a3d080860636677f2536792924c701e4b9190548e5d24e90bcf53615337c3c9062faf20f1df0f9bf10ea2f4c04e7511dc80d5e369fd54af3b6c63b6fec4bd840bc195a475006de45c7ed87d701111f83254aaa0041b9ac22e5783af862ea76b28c18abf5c40b2ead8e0807af0a285919de67249dc688892e0b749edb6e8d58edeca6133cbd8b4838b4ac69f0864a9564872bea78579ef616cd3cdb777ccb448d5f486aab96a37b689345f74815a349c7df12e9a7651c1bb77d15f",
    q: "dc159e69c705731f008a1e243779695604216fbf75f1db15760742c12231cadcae281f69546b21cd4f153ca178159638b078857d3edb14e3716ab7afd2fa8f0035b6ae492967f71d76ee061a8c8347caf78b055f3361b7c123b972fe42df497d52faa58e35e7d73f72533b16dd727c00e7befe9bcda73e9f1d7a280a984a1ca081ea2dfc8dbde1ef83f79da7b3591bd048763c3baab17aeea08ba6848f4f3fa1a6e049f0a2a9ca0085569149462943894844e67d0d7aead57e43e0e173f3cb83",
  },
} as const;

/** A new object for a fixed key of 256, 512, 2048 or 3072 bits. */
export function fixedKey(bits: keyof typeof PRIMES): PaillierSecretKey {
  return PaillierSecretKey.fromPrimes(BigInt(`0x${PRIMES[bits].p}`), BigInt(`0x${PRIMES[bits].q}`), { unsafe: true });
}

/** A key whose primes are not Blum primes, so that masks are r^n. */
export function plainKey(): PaillierSecretKey {
  // Both are 1 mod 4.
  return PaillierSecretKey.fromPrimes((1n << 128n) - 159n, (3n << 126n) + 181n, { unsafe: true });
}

/** A decryptor for a fixed key. */
export async function openFixed(bits: keyof typeof PRIMES = 256, options?: SeedOptions): Promise<PaillierDecryptor> {
  return Paillier.create(await sharedEngine(), fixedKey(bits), options);
}

// Text to 64 bits, for tables that do not keep the text itself.

/** Two 32-bit hashes of the text with different mixing (after MurmurHash's finaliser). */
export function hash64(text: string): [high: number, low: number] {
  let a = 0x9e37_79b9;
  let b = 0x85eb_ca6b;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x85eb_ca77);
    b = Math.imul(b ^ code, 0xc2b2_ae3d);
  }
  a = Math.imul(a ^ (a >>> 16), 0x21f0_aaad) ^ Math.imul(b ^ (b >>> 15), 0x735a_2d97);
  b = Math.imul(b ^ (b >>> 16), 0xc2b2_ae35) ^ Math.imul(a ^ (a >>> 13), 0x85eb_ca6b);
  return [a >>> 0, b >>> 0];
}

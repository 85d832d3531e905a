/** As long as a frame allows a text to be, by a few times: what takes quadratic time for it does not end within a test. */
const LENGTH = 200_000;

/** What patterns for secrets, certificates, addresses, times and numbers begin with, or repeat. */
const PIECES = ['a', '0', ' ', '-', '://', '://a@', 'psk', 'api key ', '-BEGIN A', '-----BEGIN CERTIFICATE-----a', '{', '{a', '\\u', '\t'];

/** Texts that make a careless pattern go back and forth: each piece repeated, behind each other piece, with an end that fits nothing. */
export function hostileTexts(): string[] {
  return PIECES.flatMap((start) => PIECES.map((piece) => `${start}${piece.repeat(Math.ceil(LENGTH / piece.length))}!`));
}

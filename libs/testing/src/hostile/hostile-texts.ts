/** A few times the longest text that a frame allows: a pattern in quadratic time does not end within a test. */
const LENGTH = 200_000;

/** The beginnings and repetitions of patterns for secrets, certificates, addresses, times and numbers. */
const PIECES = ['a', '0', ' ', '-', '://', '://a@', 'psk', 'api key ', '-BEGIN A', '-----BEGIN CERTIFICATE-----a', '{', '{a', '\\u', '\t'];

/** Returns texts on which a careless pattern backtracks: each piece repeated behind each other piece, with an end that nothing matches. */
export function hostileTexts(): string[] {
  return PIECES.flatMap((start) => PIECES.map((piece) => `${start}${piece.repeat(Math.ceil(LENGTH / piece.length))}!`));
}

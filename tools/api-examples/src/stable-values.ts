import { createHash } from 'node:crypto';

/** When the recorded scenario began, as the examples tell it. */
const SHOWN_BEGIN = Date.parse('2026-03-02T10:00:00.000Z');

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const API_KEY = /vbk_[0-9a-f]{16}_[A-Za-z0-9_-]+/g;
const WEBHOOK_SECRET = /whsec_[A-Za-z0-9+/=]+/g;

/** Certificates and revocation lists; serial numbers that are drawn, and digests. */
const PEM = /-----BEGIN ([^-]+)-----[^-]+-----END [^-]+-----/g;
const SERIAL = /(?<![0-9a-f])[4-7][0-9a-f]{39}(?![0-9a-f])/g;
const DIGEST = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** What stands for secrets: of their form, and plainly no secrets. */
export const SHOWN_API_KEY_ID = '0123456789abcdef';
const SHOWN_API_KEY = `vbk_${SHOWN_API_KEY_ID}_not-a-key`;
const SHOWN_WEBHOOK_SECRET = 'whsec_bm90IGEgc2VjcmV0';

/** Members whose values are signed by this installation, or are measured: by their names, what the examples say. */
const SHOWN_MEMBERS: Readonly<Record<string, unknown>> = {
  nextCursor: 'bm90LWEtY3Vyc29y',
  resumeCursor: 'bm90LWEtY3Vyc29y',
  ticket: 'bm90LWEtdGlja2V0',
  latencyMs: 42,
};

/**
 * Makes what was recorded the same for every run, and rids it of secrets: ids by the order in which they appear, times by
 * what has passed since `began` in whole seconds, and `replaced` texts such as the addresses of this machine.
 */
export class StableValues {
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly began: Date,
    private readonly replaced: ReadonlyMap<string, string>,
  ) {}

  of(value: unknown, name?: string): unknown {
    if (name !== undefined && name in SHOWN_MEMBERS && value !== null && typeof value !== 'object') return SHOWN_MEMBERS[name];
    if (typeof value === 'string') return this.ofText(value);
    if (Array.isArray(value)) return value.map((one) => this.of(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([member, one]) => [this.ofText(member), this.of(one, member)]));
  }

  private ofText(text: string): string {
    let shown = text;
    for (const [found, instead] of this.replaced) shown = shown.replaceAll(found, instead);
    return shown
      .replace(API_KEY, SHOWN_API_KEY)
      .replace(WEBHOOK_SECRET, SHOWN_WEBHOOK_SECRET)
      .replace(PEM, '-----BEGIN $1-----\nMIIB...\n-----END $1-----')
      .replace(SERIAL, '5f3c9a1e'.repeat(5))
      .replace(DIGEST, '9b1d04c7'.repeat(8))
      .replace(UUID, (id) => this.idFor(id))
      .replace(INSTANT, (instant) => this.instantFor(instant));
  }

  private idFor(id: string): string {
    const known = this.ids.get(id);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(`example ${this.ids.size}`).digest('hex');
    const shown = [hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
    this.ids.set(id, shown);
    return shown;
  }

  private instantFor(instant: string): string {
    const seconds = Math.floor((Date.parse(instant) - this.began.getTime()) / 1_000);
    return new Date(SHOWN_BEGIN + seconds * 1_000).toISOString();
  }
}

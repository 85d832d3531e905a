import { TICKET_RECONNECT_SECONDS, TICKET_SECONDS, TicketSeal, withProof, withoutProof } from './ticket-seal';

const settings = { KEY_PEPPER: 'p'.repeat(32), ADMIN_KEY: 'a'.repeat(32) };
const seal = new TicketSeal(settings);
const MADE = new Date('2026-11-29T12:00:00.000Z');
const after = (seconds: number): Date => new Date(MADE.getTime() + seconds * 1_000);
const claims = { tenant: 'acme', maker: 'key-1', types: ['cdr', 'station'] };
const made = () => seal.make(claims, MADE).ticket;
/** The id of an event of the ticket's stream. */
const seenBy = (ticket: string): string => withProof('ab-7', seal.proofOf(seal.open(ticket, undefined, MADE)?.id ?? ''));

describe('a ticket', () => {
  it('says whose events of which types it is for, in any process with the same keys', () => {
    const other = new TicketSeal(settings);
    expect(other.open(made(), undefined, after(1))).toMatchObject(claims);
    expect(seal.open(seal.make({ ...claims, maker: 'administrator' }, MADE).ticket, undefined, MADE)).toMatchObject({
      maker: 'administrator',
    });
    expect(new Set([made(), made()]).size).toBe(2);
    expect(made()).toMatch(/^[\w.-]{1,512}$/); // stands in a URL as it is
  });

  it('is accepted under each secret that is accepted, and ends with the last of its own', () => {
    const [pepper, admin] = ['q'.repeat(32), 'b'.repeat(32)];
    const during = new TicketSeal({
      ...{ KEY_PEPPER: pepper, KEY_PEPPER_PREVIOUS: settings.KEY_PEPPER },
      ...{ ADMIN_KEY: admin, ADMIN_KEY_PREVIOUS: settings.ADMIN_KEY },
    });
    const after = new TicketSeal({ KEY_PEPPER: pepper, ADMIN_KEY: admin });
    const [old, fresh] = [made(), during.make(claims, MADE).ticket];
    expect([during, after].map((one) => one.open(old, undefined, MADE) !== null)).toEqual([true, false]);
    expect([during, after, seal].map((one) => one.open(fresh, undefined, MADE) !== null)).toEqual([true, true, false]);
    expect(during.open(old, seenBy(old), new Date(MADE.getTime() + 120_000))).toMatchObject({ reopens: true });
  });

  it('opens a stream for a minute', () => {
    const { ticket, expiresAt } = seal.make(claims, MADE);
    expect(expiresAt).toEqual(after(TICKET_SECONDS));
    expect([TICKET_SECONDS - 0.001, TICKET_SECONDS].map((age) => seal.open(ticket, undefined, after(age)) !== null)).toEqual([true, false]);
  });

  it('reopens it afterwards, for whoever has read the stream, and for twelve hours', () => {
    const ticket = made();
    const ages = [TICKET_SECONDS, TICKET_RECONNECT_SECONDS - 0.001, TICKET_RECONNECT_SECONDS];
    expect(ages.map((age) => seal.open(ticket, seenBy(ticket), after(age)) !== null)).toEqual([true, true, false]);
  });

  it.each<[string, (ticket: string) => string | undefined]>([
    ['without an id of an event', () => undefined],
    ['with an id that has no proof', () => 'ab-7'],
    ["with another ticket's id", () => seenBy(made())],
    ['with a proof that is cut', (ticket) => seenBy(ticket).slice(0, -1)],
    ['with a proof that is longer', (ticket) => `${seenBy(ticket)}x`],
    ['with an empty proof', () => 'ab-7.'],
    ["with the ticket's own seal as proof", (ticket) => `ab-7.${ticket.split('.')[1] ?? ''}`],
    ["with the ticket's id as proof", (ticket) => `ab-7.${seal.open(ticket, undefined, MADE)?.id ?? ''}`],
  ])('does not reopen it after the minute %s', (_how, lastEventId) => {
    const ticket = made();
    expect(seal.open(ticket, lastEventId(ticket), after(TICKET_SECONDS + 1))).toBeNull();
  });

  it('is refused when any character of it is another, or it is cut, or is none', () => {
    const ticket = made();
    const flipped = [...ticket].map(
      (character, index) => ticket.slice(0, index) + (character === 'A' ? 'B' : 'A') + ticket.slice(index + 1),
    );
    const opened = flipped.filter((text) => seal.open(text, undefined, MADE) !== null);
    // the last character of base64 has bits that do not count: none of the text may be another all the same
    expect(opened).toEqual([]);
    for (const text of ['', '.', 'x', `${ticket}.`, `.${ticket}`, ticket.slice(0, -1), `${ticket}${ticket}`, '💥.💥', 'x'.repeat(1_024)])
      expect([text, seal.open(text, undefined, MADE)]).toEqual([text, null]);
  });

  it.each(['KEY_PEPPER', 'ADMIN_KEY'] as const)('ends when %s changes', (name) => {
    expect(new TicketSeal({ ...settings, [name]: 'z'.repeat(32) }).open(made(), undefined, MADE)).toBeNull();
  });

  it('leaves an id as it was when the proof is taken off, whether there is one or not', () => {
    expect(['ab-7', withProof('ab-7', 'proof'), 'ab-7.x.y', ''].map(withoutProof)).toEqual(['ab-7', 'ab-7', 'ab-7', '']);
  });
});

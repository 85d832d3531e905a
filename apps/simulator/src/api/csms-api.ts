import { readFileSync } from 'node:fs';
import type { Cdr, Transaction } from '@voltbus/contracts';
import { TOKEN_GROUP, TARIFF } from '../proof/price';
import type { Account } from '../proof/verify';

/** The fleet's own tariff is that of its token group. */
const NEW_TENANT = { currency: 'EUR', defaultTariff: null };

/** Client of Voltbus's API, as far as the simulator needs it. */
export class CsmsApi {
  private readonly key: string;

  constructor(
    private readonly url: string,
    keyFile: string,
    private readonly tenant: string,
  ) {
    this.key = readKey(keyFile);
  }

  /** Creates the tenant if it does not exist, the stations, and the token, in a token group that has a tariff of its own. */
  async register(stations: readonly { station: string; password: string | undefined }[], idToken: string): Promise<void> {
    const { currency } = await this.ensureTenant();
    for (const { station, password } of stations)
      await this.ensure(`/v1/stations/${encodeURIComponent(station)}`, password === undefined ? {} : { password });
    await this.ensure(`/v1/tariffs/${TOKEN_GROUP.toLowerCase()}`, { ...TARIFF, currency });
    await this.ensure(`/v1/tariff-assignments/token-group/${TOKEN_GROUP}`, { tariff: TOKEN_GROUP.toLowerCase() });
    const token = { type: 'ISO14443', status: 'Accepted', concurrent: true, groupId: TOKEN_GROUP };
    await this.ensure(`/v1/tokens/${encodeURIComponent(idToken)}`, token);
  }

  /** Makes the resource; where it exists, changes these members and leaves the others to the operator who set them. */
  private async ensure(path: string, members: object): Promise<void> {
    const made = await this.request('PUT', path, members, { 'if-none-match': '*' });
    if (made.status === 412) await this.send('PATCH', path, members);
    else await bodyOf(made, `PUT ${path}`);
  }

  private async ensureTenant(): Promise<{ currency: string }> {
    const path = `/v1/tenants/${encodeURIComponent(this.tenant)}`;
    const found = await this.request('GET', path);
    const tenant = found.status === 404 ? await this.send('PUT', path, NEW_TENANT) : await bodyOf(found, `GET ${path}`);
    return tenant as { currency: string }; // a resource of the API
  }

  async account(station: string): Promise<Account> {
    const query = `station=${encodeURIComponent(station)}&limit=200`;
    return {
      transactions: await this.all<Transaction>(`/v1/transactions?${query}`),
      // in this order: a CDR that is released meanwhile is read twice, not never
      held: await this.all<Cdr>(`/v1/cdrs?${query}&review=held`),
      cdrs: await this.all<Cdr>(`/v1/cdrs?${query}`),
    };
  }

  private async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await this.send('GET', cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`)) as {
        items: T[];
        nextCursor: string | null;
      };
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  private async send(method: string, path: string, body?: unknown): Promise<unknown> {
    return bodyOf(await this.request(method, path, body), `${method} ${path}`);
  }

  private request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        'voltbus-tenant': this.tenant,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (error) {
      throw new Error(`nothing answers at ${this.url} (--api): is the system running?`, { cause: error });
    }
  }
}

/** The `detail` of a problem; any other text as it is. */
function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    return text;
  }
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`there is no API key in ${file}: --key-file names the file that \`npm start\` shows as the administrator's key`, {
      cause: error,
    });
  }
}

async function bodyOf(response: Response, request: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${request}: ${response.status} ${detailOf(text)}`);
  return text === '' ? null : JSON.parse(text);
}

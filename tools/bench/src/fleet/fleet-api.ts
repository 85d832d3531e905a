import { TENANT } from './fleet-rows';

/** Longer than any answer takes. */
const ANSWER_MS = 30_000;

/** The API of the stack, as the fleet's tenant. */
export class FleetApi {
  constructor(
    private readonly apiUrl: string,
    private readonly adminKey: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.ask('GET', path)) as T; // our own API
  }

  async send<T>(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    return (await this.ask(method, path, body)) as T; // our own API
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.apiUrl}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminKey}`, 'voltbus-tenant': TENANT, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}

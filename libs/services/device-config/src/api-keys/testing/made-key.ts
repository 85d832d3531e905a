import type { HttpFixture } from '../../testing/start-http';

/** A key, as it is shown when it is made. */
export interface MadeKey {
  id: string;
  key: string;
  name: string;
  scopes: string[];
  lastUsedAt: string | null;
  expiresAt: string | null;
  allowedAddresses: string[] | null;
  previous: { endsAt: string; lastUsedAt: string | null } | null;
}

export async function makeKey(http: HttpFixture, body: object, tenant = 'acme'): Promise<MadeKey> {
  const { status, body: made } = await http.request<MadeKey>('POST', '/v1/api-keys', body, tenant);
  expect(status).toBe(201);
  return made;
}

export const refused = (code: string) => ({ status: 403, body: { code } });

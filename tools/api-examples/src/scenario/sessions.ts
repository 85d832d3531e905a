import type { RecordedSystem } from './recorded-system';

/** A session of the administrator of a standalone: begun, shown and ended. Its cookie is in no example. */
export async function recordSessions({ admin, adminKey, recorder }: RecordedSystem): Promise<void> {
  await admin.record('get', '/v1/auth/session');
  await admin.record('post', '/v1/auth/session');
  const { items } = await admin.api.get('/v1/auth/sessions', { query: { limit: 1 } });
  const [{ id } = { id: '' }] = items;
  await admin.record('get', '/v1/auth/sessions', { query: { limit: 1 } });
  await admin.record('get', '/v1/auth/sessions/{id}', { path: { id } });
  await admin.record('delete', '/v1/auth/sessions/{id}', { path: { id } });
  const url = `${recorder.apiUrl}/v1/auth`;
  const begun = await fetch(`${url}/session`, { method: 'POST', headers: { authorization: `Bearer ${adminKey}` } });
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
  const ended = await fetch(`${url}/logout`, { method: 'POST', headers: { cookie, origin: recorder.apiUrl } });
  if (ended.status !== 204) throw new Error(`the session was not ended: ${ended.status}`);
  recorder.add('post', '/v1/auth/logout', { answer: { status: 204 } });
}

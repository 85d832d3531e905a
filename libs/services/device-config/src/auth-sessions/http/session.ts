import { PERMISSIONS, ROLES, viewOfSession, type Caller, type Permission, type Role } from '@voltbus/http';
import { z } from 'zod';

export const sessionSchema = z
  .object({
    id: z.string().describe('Of the session; no part of its cookie'),
    actor: z.string().describe('Who it is, as in the audit log: `<name of the issuer>:<subject>`, or `administrator`'),
    name: z.string().nullable().describe('As the identity provider calls the person; null: it does not say'),
    address: z.string().describe('From which it was begun'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().describe('To about a minute'),
    endsAt: z.iso.datetime().describe('However much it is used'),
    idleEndsAt: z.iso.datetime().describe('Unless it is used before'),
  })
  .meta({ id: 'AuthSession', description: 'A session of a person in a browser' });

export const currentSessionSchema = z
  .object({
    kind: z
      .enum(['person', 'administrator', 'key', 'token'])
      .describe('`person`: with a session. `administrator`: with a key or a session. `key`, `token`: an API key, an access token'),
    tenant: z.string().describe('That the request is about'),
    actor: z.string().describe('Who it is, as in the audit log'),
    role: z
      .enum(Object.keys(ROLES) as Role[])
      .nullable()
      .describe('Null: an API key, whose permissions say what it may do'),
    permissions: z.array(z.enum(Object.keys(PERMISSIONS) as Permission[])).describe('In alphabetical order'),
    stationGroups: z.array(z.string()).nullable().describe('The station groups that the caller is limited to; null: the whole tenant'),
    session: sessionSchema.nullable().describe('Null: the request came with a key, a token or a ticket'),
  })
  .meta({ id: 'CurrentAuthSession', description: 'Who asks, and what they may do' });

export function currentSession(caller: Caller): z.output<typeof currentSessionSchema> {
  const { tenant, actor, token, administrator, rights, stationGroups, session } = caller;
  return {
    kind: kindOf(caller),
    ...{ tenant, actor },
    role: token?.role ?? (administrator ? 'platform-admin' : null),
    permissions: [...rights].sort(),
    stationGroups: stationGroups === null ? null : [...stationGroups],
    session: session === undefined ? null : viewOfSession(session),
  };
}

function kindOf({ administrator, token, session }: Caller): z.output<typeof currentSessionSchema>['kind'] {
  if (administrator) return 'administrator';
  if (session !== undefined) return 'person';
  return token === null ? 'key' : 'token';
}

import { TENANT_ROLES, type TenantRole } from '@voltbus/contracts';

export { TENANT_ROLES, type TenantRole };

/** The sets of rights that keys were given before there were roles. None includes another; every permission of a tenant is in one. */
export const SCOPES = ['read', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Roles, each with what it is for. All but the last are of one tenant. */
export const ROLES = {
  viewer: 'Looks at everything that the tenant operates, and changes nothing',
  operator: 'Helps drivers: starts and stops sessions, handles tokens, operates stations',
  technician: 'Sets stations up and keeps them running: registers, configures, updates. Sees no bills, prices or tokens',
  billing: 'Decides about money: prices, corrections, held CDRs. Does nothing to stations',
  'tenant-admin': 'Everything within one tenant, its keys, webhooks and audit log among it',
  'platform-admin': "Everything in every tenant, and the tenants themselves; what the administrator's key has",
} as const satisfies Readonly<Record<TenantRole | 'platform-admin', string>>;
export type Role = keyof typeof ROLES;

interface PermissionDefinition {
  allows: string;
  /** Roles that have it beside `tenant-admin` and `platform-admin`. */
  roles: readonly TenantRole[];
  /** Null: it concerns more than one tenant, and only `platform-admin` has it. */
  scope: Scope | null;
}

const EVERYBODY = ['viewer', 'operator', 'technician', 'billing'] as const;
const FIELD = ['viewer', 'operator', 'technician'] as const;
const MONEY = ['viewer', 'operator', 'billing'] as const;

/** What may be done: an action on a kind of resource. What is not listed for a role, it may not do. */
export const PERMISSIONS = {
  'stations:read': { allows: 'See stations and their state', roles: EVERYBODY, scope: 'read' },
  'stations:write': { allows: 'Register, change and remove stations, with their passwords', roles: ['technician'], scope: 'admin' },
  'messages:read': { allows: 'Read the message log of stations', roles: FIELD, scope: 'read' },
  'security-events:read': { allows: 'See and export security events', roles: FIELD, scope: 'read' },
  'certificates:read': { allows: 'See certificates of stations, their requests and renewals', roles: FIELD, scope: 'read' },
  'certificates:write': { allows: 'Have stations renew certificates, and revoke certificates', roles: ['technician'], scope: 'admin' },
  'refused-connections:read': { allows: 'See refused connections', roles: FIELD, scope: 'read' },
  'configuration:read': { allows: 'See variables, configuration and profiles of stations', roles: FIELD, scope: 'read' },
  'configuration:write': {
    allows: 'Set variables and the configuration of stations, and send commands of every action',
    roles: ['technician'],
    scope: 'operate',
  },
  'configuration-profiles:write': { allows: 'Change configuration profiles', roles: ['technician'], scope: 'admin' },
  'quirks:read': { allows: 'See the quirks of stations, and which are switched for which', roles: FIELD, scope: 'read' },
  'quirk-profiles:write': {
    allows: 'Switch quirks of stations, which changes how their messages are read',
    roles: ['technician'],
    scope: 'admin',
  },
  'firmware:read': { allows: 'See firmware images, and updates of stations', roles: FIELD, scope: 'read' },
  'firmware:write': { allows: 'Update the firmware of stations', roles: ['technician'], scope: 'operate' },
  'firmware-images:write': { allows: 'Change firmware images', roles: ['technician'], scope: 'admin' },
  'campaigns:read': { allows: 'See campaigns and what came of them', roles: FIELD, scope: 'read' },
  'campaigns:write': { allows: 'Make campaigns of every kind, pause, resume and cancel them', roles: ['technician'], scope: 'admin' },
  'logs:read': { allows: 'See the logs that stations were asked for, and download them', roles: ['operator', 'technician'], scope: 'read' },
  'logs:write': { allows: 'Ask stations for logs, and remove what they uploaded', roles: ['technician'], scope: 'operate' },
  'alerts:read': { allows: 'See and export alerts and events of stations, and the rules of alerts', roles: FIELD, scope: 'read' },
  'alert-rules:write': { allows: 'Change the rules by which alerts are raised', roles: ['technician'], scope: 'admin' },
  'uptime:read': { allows: 'See and export uptime, and what it leaves out', roles: EVERYBODY, scope: 'read' },
  'uptime:write': { allows: 'Leave outages out of uptime', roles: ['technician'], scope: 'operate' },
  'displays:read': { allows: 'See messages on displays of stations', roles: FIELD, scope: 'read' },
  'displays:write': { allows: 'Show and remove messages on displays of stations', roles: ['operator', 'technician'], scope: 'operate' },
  'reservations:read': { allows: 'See reservations', roles: EVERYBODY, scope: 'read' },
  'reservations:write': { allows: 'Reserve at stations, and cancel reservations', roles: ['operator', 'technician'], scope: 'operate' },
  'local-lists:read': { allows: 'See how local authorization lists stand', roles: FIELD, scope: 'read' },
  'local-lists:write': { allows: 'Change and send local authorization lists', roles: ['operator', 'technician'], scope: 'operate' },
  'qr-codes:read': { allows: 'See QR codes of stations', roles: EVERYBODY, scope: 'read' },
  'qr-codes:write': { allows: 'Change QR codes of stations', roles: ['operator', 'technician'], scope: 'operate' },
  'commands:read': { allows: 'See commands and their results', roles: FIELD, scope: 'read' },
  'commands:send': {
    allows: 'Send commands that operate a station, such as Reset and UnlockConnector, and take commands back',
    roles: ['operator', 'technician'],
    scope: 'operate',
  },
  'transactions:read': { allows: 'See transactions, meter values and remote starts', roles: EVERYBODY, scope: 'read' },
  'transactions:control': { allows: 'Start and stop sessions', roles: ['operator', 'technician'], scope: 'operate' },
  'transactions:correct': { allows: 'End and correct sessions by hand', roles: ['billing'], scope: 'admin' },
  'tokens:read': { allows: 'See tokens', roles: MONEY, scope: 'read' },
  'tokens:write': {
    allows: 'Make, change and remove tokens, and clear what stations remember of them',
    roles: ['operator'],
    scope: 'operate',
  },
  'cdrs:read': { allows: 'See CDRs', roles: MONEY, scope: 'read' },
  'cdrs:decide': { allows: 'Release and waive held CDRs, and credit charges', roles: ['billing'], scope: 'admin' },
  'tariffs:read': { allows: 'See tariffs and tariff assignments', roles: MONEY, scope: 'read' },
  'tariffs:write': { allows: 'Change tariffs and tariff assignments', roles: ['billing'], scope: 'admin' },
  'settlements:read': { allows: 'See payments made at stations', roles: MONEY, scope: 'read' },
  'events:read': { allows: 'Follow the event stream, of the resources that one may see', roles: EVERYBODY, scope: 'read' },
  'imports:read': { allows: 'See bulk imports and their results', roles: MONEY, scope: 'read' },
  'imports:write': { allows: 'Import tokens, stations and tariffs in bulk', roles: [], scope: 'admin' },
  'webhooks:read': { allows: 'See webhooks and deliveries', roles: [], scope: 'admin' },
  'webhooks:write': { allows: 'Change webhooks, and send deliveries again', roles: [], scope: 'admin' },
  'api-keys:read': { allows: 'See API keys', roles: [], scope: 'admin' },
  'api-keys:write': { allows: 'Make, rotate and revoke API keys', roles: [], scope: 'admin' },
  'personal-data:read': { allows: 'See and export what is known of a customer, here and at stations', roles: [], scope: 'admin' },
  'personal-data:write': { allows: 'Ask stations about customers, and erase what is known of a token', roles: [], scope: 'admin' },
  'auth-session:use': { allows: "See who one is and what one may, and end one's own session", roles: EVERYBODY, scope: 'read' },
  'auth-sessions:read': { allows: 'See the sessions of people', roles: [], scope: 'admin' },
  'auth-sessions:write': { allows: 'End sessions of people', roles: [], scope: 'admin' },
  'audit-log:read': { allows: 'Read and export the audit log', roles: [], scope: 'admin' },
  'tenants:read': { allows: 'See all tenants', roles: [], scope: null },
  'administrator-session:begin': { allows: 'Begin a session of the administrator, in standalone', roles: [], scope: null },
  'tenants:write': { allows: 'Make, change and delete tenants', roles: [], scope: null },
  'dead-letters:read': { allows: 'See dead letters', roles: [], scope: null },
  'dead-letters:replay': { allows: 'Publish dead letters again', roles: [], scope: null },
} as const satisfies Readonly<Record<string, PermissionDefinition>>;

export type Permission = keyof typeof PERMISSIONS;

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** What a caller may do. */
export type Rights = ReadonlySet<Permission>;

/** The roles that have a permission, from the least to the most. */
export function rolesWith(permission: Permission): Role[] {
  const { roles, scope }: PermissionDefinition = PERMISSIONS[permission];
  return [...roles, ...(scope === null ? [] : (['tenant-admin'] as const)), 'platform-admin'];
}

const OF_ROLE = new Map((Object.keys(ROLES) as Role[]).map((role) => [role, new Set(ALL.filter((one) => rolesWith(one).includes(role)))]));

export function rightsOfRole(role: Role): Rights {
  return OF_ROLE.get(role) ?? new Set();
}

export function rightsOfScopes(scopes: readonly Scope[]): Rights {
  return new Set(ALL.filter((one) => scopes.some((scope) => scope === PERMISSIONS[one].scope)));
}

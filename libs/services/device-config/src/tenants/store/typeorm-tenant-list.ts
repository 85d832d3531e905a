import { among, beginsWithIgnoringCase, type ListDefinition } from '@voltbus/database';

export interface TenantFilters {
  currency?: string[] | undefined;
  /** The beginning of the path's name or of the title. */
  search?: string | undefined;
}
export type TenantSort = 'tenant' | 'name';

/** `GET /v1/tenants`. */
export const TENANT_LIST: ListDefinition<TenantFilters, TenantSort> = {
  columns: `tenant, name, unknown_stations AS "unknownStations", unknown_tokens AS "unknownTokens", min_security_profile AS "minSecurityProfile", certificate_organization AS "certificateOrganization", currency,
    default_tariff AS "defaultTariff", keep_messages_hours AS "keepMessagesHours", show_cost AS "showCost", master_pass_group AS "masterPassGroup",
    review_flags AS "reviewFlags", review_above AS "reviewAbove", published`,
  from: 'device_config.tenants',
  owner: null,
  id: [{ sql: 'tenant', type: 'text' }],
  sorts: { tenant: [], name: [{ sql: 'name', type: 'text' }] },
  filters: { currency: among('currency'), search: beginsWithIgnoringCase('tenant', 'name') },
};

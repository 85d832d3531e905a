/**
 * Who may use each route, written by hand and apart from the code: a route that is added, moved or opened to somebody must be written down here.
 *
 * Roles: v viewer, o operator, t technician, b billing, A tenant-admin. Scopes of keys without a role: read, operate, admin; `-`: no key of a tenant.
 * Station groups, for a key that is limited to some: station, list, item, stream, refused.
 */
const TABLE = `
GET    /v1/alert-rules                                           vot.A read    refused
GET    /v1/alert-rules/{rule}                                    vot.A read    refused
PUT    /v1/alert-rules/{rule}                                    ..t.A admin   refused
PATCH  /v1/alert-rules/{rule}                                    ..t.A admin   refused
DELETE /v1/alert-rules/{rule}                                    ..t.A admin   refused
GET    /v1/alerts                                                vot.A read    list
GET    /v1/api-keys                                              ....A admin   refused
POST   /v1/api-keys                                              ....A admin   refused
GET    /v1/api-keys/{id}                                         ....A admin   refused
PATCH  /v1/api-keys/{id}                                         ....A admin   refused
DELETE /v1/api-keys/{id}                                         ....A admin   refused
POST   /v1/api-keys/{id}/rotate                                  ....A admin   refused
GET    /v1/audit-log                                             ....A admin   refused
GET    /v1/audit-log/export                                      ....A admin   refused
GET    /v1/auth/session                                          votbA read    stream
POST   /v1/auth/session                                          ..... -       refused
POST   /v1/auth/logout                                           votbA read    stream
GET    /v1/auth/sessions                                         ....A admin   refused
GET    /v1/auth/sessions/{id}                                    ....A admin   refused
DELETE /v1/auth/sessions/{id}                                    ....A admin   refused
GET    /v1/campaigns                                             vot.A read    refused
POST   /v1/campaigns                                             ..t.A admin   refused
GET    /v1/campaigns/{id}                                        vot.A read    refused
POST   /v1/campaigns/{id}/approve                                ..t.A admin   refused
POST   /v1/campaigns/{id}/cancel                                 ..t.A admin   refused
POST   /v1/campaigns/{id}/pause                                  ..t.A admin   refused
POST   /v1/campaigns/{id}/refuse                                 ..t.A admin   refused
POST   /v1/campaigns/{id}/resume                                 ..t.A admin   refused
GET    /v1/campaigns/{id}/stations                               vot.A read    refused
GET    /v1/cdrs                                                  vo.bA read    list
GET    /v1/cdrs/{id}                                             vo.bA read    item
POST   /v1/cdrs/{id}/release                                     ...bA admin   item
POST   /v1/cdrs/{id}/waive                                       ...bA admin   item
GET    /v1/certificate-renewals                                  vot.A read    list
GET    /v1/certificate-requests                                  vot.A read    list
GET    /v1/certificate-requests/{id}                             vot.A read    item
GET    /v1/certificate-revocation-list                           vot.A read    refused
GET    /v1/certificates                                          vot.A read    list
GET    /v1/certificates/{id}                                     vot.A read    item
POST   /v1/certificates/{id}/revoke                              ..t.A admin   item
GET    /v1/commands                                              vot.A read    list
GET    /v1/commands/{id}                                         vot.A read    item
POST   /v1/commands/{id}/cancel                                  .ot.A operate item
GET    /v1/configuration-profiles                                vot.A read    refused
GET    /v1/configuration-profiles/{profile}                      vot.A read    refused
PUT    /v1/configuration-profiles/{profile}                      ..t.A admin   refused
PATCH  /v1/configuration-profiles/{profile}                      ..t.A admin   refused
DELETE /v1/configuration-profiles/{profile}                      ..t.A admin   refused
GET    /v1/customer-information                                  ....A admin   list
GET    /v1/customer-information/{id}                             ....A admin   item
POST   /v1/customer-information/{id}/cancel                      ....A admin   item
GET    /v1/customer-information/{id}/report                      ....A admin   item
DELETE /v1/customer-information/{id}/report                      ....A admin   item
GET    /v1/dead-letters                                          ..... -       refused
GET    /v1/dead-letters/{id}                                     ..... -       refused
POST   /v1/dead-letters/{id}/replay                              ..... -       refused
GET    /v1/device-events                                         vot.A read    list
GET    /v1/device-events/export                                  vot.A read    list
POST   /v1/event-tickets                                         votbA read    stream
GET    /v1/events                                                votbA read    stream
GET    /v1/firmware-images                                       vot.A read    refused
GET    /v1/firmware-images/{image}                               vot.A read    refused
PUT    /v1/firmware-images/{image}                               ..t.A admin   refused
PATCH  /v1/firmware-images/{image}                               ..t.A admin   refused
DELETE /v1/firmware-images/{image}                               ..t.A admin   refused
GET    /v1/firmware-images/{image}/file                          vot.A read    refused
PUT    /v1/firmware-images/{image}/file                          ..t.A admin   refused
DELETE /v1/firmware-images/{image}/file                          ..t.A admin   refused
GET    /v1/firmware-publications                                 vot.A read    list
GET    /v1/firmware-publications/{id}                            vot.A read    item
POST   /v1/firmware-publications/{id}/cancel                     ..t.A operate item
POST   /v1/firmware-publications/{id}/unpublish                  ..t.A operate item
GET    /v1/firmware-updates                                      vot.A read    list
GET    /v1/firmware-updates/{id}                                 vot.A read    item
POST   /v1/firmware-updates/{id}/cancel                          ..t.A operate item
GET    /v1/imports                                               vo.bA read    refused
POST   /v1/imports                                               ....A admin   refused
GET    /v1/imports/{id}                                          vo.bA read    refused
POST   /v1/imports/{id}/cancel                                   ....A admin   refused
GET    /v1/imports/{id}/results                                  vo.bA read    refused
GET    /v1/password-rotations                                    votbA read    list
GET    /v1/logs                                                  .ot.A read    list
GET    /v1/logs/{id}                                             .ot.A read    item
POST   /v1/logs/{id}/cancel                                      ..t.A operate item
GET    /v1/logs/{id}/file                                        .ot.A read    item
DELETE /v1/logs/{id}/file                                        ..t.A operate item
GET    /v1/quirk-profiles                                        vot.A read    refused
GET    /v1/quirk-profiles/{profile}                              vot.A read    refused
PUT    /v1/quirk-profiles/{profile}                              ..t.A admin   refused
PATCH  /v1/quirk-profiles/{profile}                              ..t.A admin   refused
DELETE /v1/quirk-profiles/{profile}                              ..t.A admin   refused
GET    /v1/quirks                                                vot.A read    refused
GET    /v1/refused-connections                                   vot.A read    list
GET    /v1/remote-starts/{command}                               votbA read    item
GET    /v1/remote-stops/{command}                                votbA read    item
GET    /v1/reservations                                          votbA read    list
GET    /v1/reservations/{id}                                     votbA read    item
POST   /v1/reservations/{id}/cancel                              .ot.A operate item
GET    /v1/resets                                                vot.A read    list
GET    /v1/resets/{id}                                           vot.A read    item
POST   /v1/resets/{id}/cancel                                    .ot.A operate item
GET    /v1/security-events                                       vot.A read    list
GET    /v1/security-events/export                                vot.A read    list
GET    /v1/security-profile-upgrades                             votbA read    list
GET    /v1/settlements                                           vo.bA read    list
GET    /v1/station-configurations                                vot.A read    list
GET    /v1/stations                                              votbA read    list
GET    /v1/stations/{station}                                    votbA read    station
PUT    /v1/stations/{station}                                    ..t.A admin   station
PATCH  /v1/stations/{station}                                    ..t.A admin   station
DELETE /v1/stations/{station}                                    ..t.A admin   station
GET    /v1/stations/{station}/availability                       votbA read    station
POST   /v1/stations/{station}/certificate-renewal                ..t.A admin   station
GET    /v1/stations/{station}/certificate-report                 vot.A read    station
POST   /v1/stations/{station}/certificate-report                 ..t.A admin   station
POST   /v1/stations/{station}/change-availability                .ot.A operate station
POST   /v1/stations/{station}/commands                           .ot.A operate station
GET    /v1/stations/{station}/configuration                      vot.A read    station
PUT    /v1/stations/{station}/configuration                      ..t.A operate station
PATCH  /v1/stations/{station}/configuration                      ..t.A operate station
POST   /v1/stations/{station}/configuration/check                ..t.A operate station
POST   /v1/stations/{station}/customer-information               ....A admin   station
POST   /v1/stations/{station}/default-tariff                     .ot.A operate station
GET    /v1/stations/{station}/display-messages                   vot.A read    station
POST   /v1/stations/{station}/display-messages                   .ot.A operate station
GET    /v1/stations/{station}/display-messages/{message}         vot.A read    station
PUT    /v1/stations/{station}/display-messages/{message}         .ot.A operate station
PATCH  /v1/stations/{station}/display-messages/{message}         .ot.A operate station
DELETE /v1/stations/{station}/display-messages/{message}         .ot.A operate station
GET    /v1/stations/{station}/display-report                     vot.A read    station
POST   /v1/stations/{station}/display-report                     .ot.A operate station
GET    /v1/stations/{station}/event-streams                      vot.A read    station
POST   /v1/stations/{station}/event-streams/refresh              ..t.A operate station
PATCH  /v1/stations/{station}/event-streams/{stream}             ..t.A operate station
POST   /v1/stations/{station}/event-streams/{stream}/close       ..t.A operate station
GET    /v1/stations/{station}/event-streams/{stream}/values      vot.A read    station
POST   /v1/stations/{station}/firmware-publications              ..t.A operate station
POST   /v1/stations/{station}/firmware-updates                   ..t.A operate station
GET    /v1/stations/{station}/installed-certificates             vot.A read    station
POST   /v1/stations/{station}/installed-certificates             ..t.A admin   station
GET    /v1/stations/{station}/installed-certificates/{id}        vot.A read    station
DELETE /v1/stations/{station}/installed-certificates/{id}        ..t.A admin   station
GET    /v1/stations/{station}/local-list                         vot.A read    station
PUT    /v1/stations/{station}/local-list                         .ot.A operate station
PATCH  /v1/stations/{station}/local-list                         .ot.A operate station
POST   /v1/stations/{station}/local-list/sync                    .ot.A operate station
POST   /v1/stations/{station}/logs                               ..t.A operate station
GET    /v1/stations/{station}/messages                           vot.A read    station
GET    /v1/stations/{station}/monitoring                         vot.A read    station
PATCH  /v1/stations/{station}/monitoring                         ..t.A operate station
GET    /v1/stations/{station}/monitors                           vot.A read    station
POST   /v1/stations/{station}/monitors                           ..t.A operate station
POST   /v1/stations/{station}/monitors/clear                     ..t.A operate station
POST   /v1/stations/{station}/monitors/refresh                   ..t.A operate station
GET    /v1/stations/{station}/password-rotation                  votbA read    station
POST   /v1/stations/{station}/password-rotation                  ..t.A admin   station
POST   /v1/stations/{station}/password-rotation/end              ..t.A admin   station
GET    /v1/stations/{station}/qr-codes                           votbA read    station
GET    /v1/stations/{station}/qr-codes/{evse}                    votbA read    station
PUT    /v1/stations/{station}/qr-codes/{evse}                    .ot.A operate station
PATCH  /v1/stations/{station}/qr-codes/{evse}                    .ot.A operate station
DELETE /v1/stations/{station}/qr-codes/{evse}                    .ot.A operate station
GET    /v1/stations/{station}/quirks                             vot.A read    station
POST   /v1/stations/{station}/remote-start                       .ot.A operate station
POST   /v1/stations/{station}/reservations                       .ot.A operate station
GET    /v1/stations/{station}/security-profile-upgrade           votbA read    station
POST   /v1/stations/{station}/security-profile-upgrade           ..t.A admin   station
DELETE /v1/stations/{station}/security-profile-upgrade           ..t.A admin   station
POST   /v1/stations/{station}/resets                             .ot.A operate station
GET    /v1/stations/{station}/status-history                     votbA read    station
GET    /v1/stations/{station}/variable-changes                   vot.A read    station
GET    /v1/stations/{station}/variable-reports                   vot.A read    station
POST   /v1/stations/{station}/variable-reports                   ..t.A operate station
GET    /v1/stations/{station}/variables                          vot.A read    station
PATCH  /v1/stations/{station}/variables                          ..t.A operate station
POST   /v1/stations/{station}/variables/refresh                  ..t.A operate station
GET    /v1/tariff-assignments                                    vo.bA read    refused
GET    /v1/tariff-assignments/{kind}/{group}                     vo.bA read    refused
PUT    /v1/tariff-assignments/{kind}/{group}                     ...bA admin   refused
PATCH  /v1/tariff-assignments/{kind}/{group}                     ...bA admin   refused
DELETE /v1/tariff-assignments/{kind}/{group}                     ...bA admin   refused
GET    /v1/tariffs                                               vo.bA read    refused
GET    /v1/tariffs/{tariff}                                      vo.bA read    refused
PUT    /v1/tariffs/{tariff}                                      ...bA admin   refused
PATCH  /v1/tariffs/{tariff}                                      ...bA admin   refused
DELETE /v1/tariffs/{tariff}                                      ...bA admin   refused
GET    /v1/tenants                                               ..... -       refused
GET    /v1/tenants/{tenant}                                      ..... -       refused
PUT    /v1/tenants/{tenant}                                      ..... -       refused
PATCH  /v1/tenants/{tenant}                                      ..... -       refused
DELETE /v1/tenants/{tenant}                                      ..... -       refused
GET    /v1/token-data                                            ....A admin   refused
GET    /v1/token-erasures                                        ....A admin   refused
POST   /v1/token-erasures                                        ....A admin   refused
GET    /v1/token-erasures/{id}                                   ....A admin   refused
GET    /v1/tokens                                                vo.bA read    refused
POST   /v1/tokens/clear-cache                                    .o..A operate refused
GET    /v1/tokens/{idToken}                                      vo.bA read    refused
PUT    /v1/tokens/{idToken}                                      .o..A operate refused
PATCH  /v1/tokens/{idToken}                                      .o..A operate refused
DELETE /v1/tokens/{idToken}                                      .o..A operate refused
GET    /v1/transactions                                          votbA read    list
GET    /v1/transactions/{id}                                     votbA read    item
POST   /v1/transactions/{id}/correct                             ...bA admin   item
POST   /v1/transactions/{id}/end                                 ...bA admin   item
GET    /v1/transactions/{id}/limit                               votbA read    item
GET    /v1/transactions/{id}/meter-values                        votbA read    item
GET    /v1/transactions/{id}/operator-actions                    votbA read    item
POST   /v1/transactions/{id}/remote-stop                         .ot.A operate item
GET    /v1/transactions/{id}/station-cost                        votbA read    item
GET    /v1/uptime                                                votbA read    list
GET    /v1/uptime-exclusions                                     votbA read    list
POST   /v1/uptime-exclusions                                     ..t.A operate refused
GET    /v1/uptime-exclusions/{id}                                votbA read    item
DELETE /v1/uptime-exclusions/{id}                                ..t.A operate item
GET    /v1/uptime/export                                         votbA read    list
POST   /v1/web-payments                                          .ot.A operate refused
GET    /v1/webhooks                                              ....A admin   refused
GET    /v1/webhooks/{webhook}                                    ....A admin   refused
PUT    /v1/webhooks/{webhook}                                    ....A admin   refused
PATCH  /v1/webhooks/{webhook}                                    ....A admin   refused
DELETE /v1/webhooks/{webhook}                                    ....A admin   refused
GET    /v1/webhooks/{webhook}/deliveries                         ....A admin   refused
GET    /v1/webhooks/{webhook}/deliveries/{delivery}              ....A admin   refused
POST   /v1/webhooks/{webhook}/deliveries/{delivery}/replay       ....A admin   refused
POST   /v1/webhooks/{webhook}/replay                             ....A admin   refused
POST   /v1/webhooks/{webhook}/rotate-secret                      ....A admin   refused
POST   /v1/webhooks/{webhook}/test                               ....A admin   refused
`;

const LETTERS: Readonly<Record<string, string>> = { v: 'viewer', o: 'operator', t: 'technician', b: 'billing', A: 'tenant-admin' };

interface ExpectedRights {
  /** `GET /v1/stations`. */
  route: string;
  /** Roles that may use it. */
  roles: readonly string[];
  /** The scope that may use it; null: none. */
  scope: string | null;
  stationGroups: string;
}

export const EXPECTED_RIGHTS: readonly ExpectedRights[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [method = '', path = '', letters = '', scope = '', stationGroups = ''] = line.split(/ +/);
    const roles = [...letters].filter((letter) => letter !== '.').map((letter) => LETTERS[letter] ?? letter);
    return { route: `${method} ${path}`, roles, scope: scope === '-' ? null : scope, stationGroups };
  });

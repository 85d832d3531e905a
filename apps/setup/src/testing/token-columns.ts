// Where ids of tokens stand in the tables of all services: written down here, apart from the declarations that an erasure works by.

/** Every column that could have the id of a token, and what an erasure makes of it. */
export const COLUMNS: Readonly<Record<'removed' | 'pseudonymised' | 'kept' | 'none', readonly string[]>> = {
  removed: [
    ...['device_config.customer_information.data', 'device_config.frames.payload', 'device_config.messages.payload'],
    ...['router.dead_letters.value', 'transactions.notices.payload', 'transactions.tokens.id_token', 'transactions.tokens.token'],
  ],
  pseudonymised: [
    ...[
      'cdr.cdrs.body',
      'cdr.reviews.body',
      'device_config.alerts.body',
      'device_config.device_events.body',
      'device_config.event_stream_values.value',
    ],
    ...['device_config.security_events.info', 'device_config.station_requests.body', 'device_config.variable_changes.after'],
    ...['device_config.variable_changes.before', 'device_config.variables.attributes', 'router.commands.error'],
    ...['router.commands.payload', 'router.commands.response', 'transactions.events.answer', 'transactions.events.key'],
    ...['transactions.events.payload', 'transactions.operator_actions.after', 'transactions.operator_actions.asked'],
    ...['transactions.operator_actions.before', 'transactions.remote_starts.id_token', 'transactions.remote_starts.token'],
    ...['transactions.reservations.id_token', 'transactions.reservations.token', 'transactions.token_groups.token'],
    ...['transactions.transactions.ended', 'transactions.transactions.start_key', 'transactions.transactions.state'],
    ...['transactions.transactions.token', 'transactions.transactions.view', 'webhooks.deliveries.attempts', 'webhooks.deliveries.body'],
  ],
  kept: [
    ...['device_config.audit_log.after', 'device_config.audit_log.before', 'device_config.audit_log.path'],
    ...['transactions.erased_entries.id_token', 'transactions.erased_entries.token'],
    ...['transactions.removed_tokens.id_token', 'transactions.removed_tokens.token'],
    ...['cdr', 'device_config', 'router', 'transactions', 'webhooks'].map((schema) => `${schema}.token_erasures.id_token`),
  ],
  none: [
    // events on their way to the bus
    ...['cdr', 'device_config', 'router', 'transactions', 'webhooks'].flatMap((schema) =>
      ['headers', 'key', 'value'].map((column) => `${schema}.outbox.${column}`),
    ),
    ...['cdr', 'device_config', 'router', 'transactions', 'webhooks'].flatMap((schema) =>
      ['changed', 'place', 'waiting'].map((column) => `${schema}.token_erasure_runs.${column}`),
    ),
    // encrypted, or bytes of keys and hashes
    ...['device_config.api_keys.hash', 'device_config.api_keys.previous_hash', 'device_config.audit_chains.hash'],
    ...['device_config.audit_log.hash', 'device_config.audit_log.previous_hash', 'device_config.certificate_requests.csr'],
    ...[
      'device_config.idempotency_keys.answer',
      'device_config.import_items.sealed',
      'router.commands.sealed',
      'router.dead_letters.sealed',
    ],
    ...['transactions.qr_codes.closed_secret', 'webhooks.webhooks.previous_secret', 'webhooks.webhooks.secret'],
    // evidence that is signed (transactions.readings.signed), and items of imports, which go with their import
    ...['transactions.readings.signed', 'device_config.import_items.key', 'device_config.import_items.problem'],
    // certificates of stations, and how they are kept
    ...['authority', 'children', 'facts', 'identity', 'reported'].map((column) => `device_config.installed_certificates.${column}`),
    ...['device_config.certificate_reports.commands', 'device_config.certificate_reports.issuers'],
    // people who signed in
    ...['device_config.auth_sessions.claims', 'device_config.auth_sessions.hash'],
    // who approved, workarounds, addresses
    'device_config.campaign_settings.items',
    ...['device_config.campaigns.approval', 'device_config.quirk_profiles.body', 'device_config.security_profile_upgrades.network'],
    // names of keys, stations, groups and settings, numbers, states: no token is written there
    ...['cdr.station_descriptions.description', 'cdr.tariff_assignments.group_key', 'cdr.tariffs.body', 'device_config.alert_rules.body'],
    ...['device_config.audit_log.key', 'device_config.audit_log.key_name', 'device_config.campaigns.plan', 'device_config.campaigns.work'],
    ...['device_config.configuration_attempts.value', 'device_config.configuration_profiles.body', 'device_config.connector_problems.info'],
    ...['device_config.device_reports.received', 'device_config.display_messages.reported', 'device_config.display_messages.wanted'],
    ...['device_config.firmware_images.body', 'device_config.idempotency_keys.key', 'device_config.imports.author'],
    ...['device_config.monitoring.report', 'device_config.monitors.body', 'device_config.station_configurations.own_values'],
    ...['device_config.station_requests.statuses', 'device_config.stations.station_labels', 'device_config.stations.station_place'],
    ...['device_config.status_history.info', 'device_config.tenants.unknown_tokens', 'device_config.variables.characteristics'],
    ...['device_config.variables.config_key', 'router.dead_letters.headers', 'router.dead_letters.key', 'transactions.capabilities.said'],
    ...['transactions.limits.session_limit', 'transactions.prices.value', 'transactions.readings.registers', 'transactions.readings.rest'],
    ...['transactions.remote_starts.session_limit', 'transactions.settlements.said', 'transactions.tenants.unknown_tokens'],
    ...['transactions.tokens.allowed_at', 'transactions.tokens.session_limit'],
  ],
};
/** Free texts that are searched besides. */
export const TEXTS = ['router.dead_letters.error', 'transactions.operator_actions.reason', 'device_config.audit_log.reason'];

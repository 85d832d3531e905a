import { perSecond, quantile, quantiles, stat, timeseries, type Dashboard } from './panel';

const CALLS = 'csms_ocpp_calls_total';
const DURATION = 'csms_ocpp_call_duration_seconds';
const HANDSHAKES = 'csms_gateway_handshakes_total';
const ENDED = 'csms_transaction_events_total{kind="voltbus.transaction.ended"}';

const FLEET: Dashboard = {
  name: 'fleet',
  title: 'fleet',
  panels: [
    stat('Stations connected', 'short', 'sum(csms_gateway_connections)'),
    stat('Gateways', 'short', 'count(csms_gateway_draining)'),
    stat('Sessions begun, last hour', 'short', 'sum(increase(csms_transaction_events_total{kind="voltbus.transaction.started"}[1h]))'),
    stat('Sessions ended, last hour', 'short', `sum(increase(${ENDED}[1h]))`),
    stat('CDRs, last hour', 'short', 'sum(increase(csms_cdrs_total{kind="charge"}[1h]))'),
    stat('Boots, last hour', 'short', 'sum(increase(csms_station_boots_total[1h]))'),
    timeseries('Stations by OCPP version', 'short', { '{{protocol}}': 'sum by (protocol) (csms_gateway_connections)' }),
    timeseries('Stations by firmware version', 'short', { '{{version}}': 'max by (version) (csms_station_firmware)' }),
    timeseries('Connections that the registry does not hold', 'short', {
      '{{pod}}': 'sum by (pod) (csms_gateway_connections) - sum by (pod) (csms_gateway_registered_connections)',
    }),
    timeseries('Stations by security profile', 'short', {
      'profile {{security_profile}}': 'sum by (security_profile) (csms_gateway_connections)',
    }),
    timeseries('Connects and disconnects', 'ops', {
      connected: perSecond(`${HANDSHAKES}{result="ok"}`),
      disconnected: perSecond('csms_gateway_disconnects_total'),
    }),
    timeseries('Disconnects by reason', 'ops', { '{{reason}}': perSecond('csms_gateway_disconnects_total', 'reason') }),
    timeseries('Sessions', 'ops', { '{{kind}}': perSecond('csms_transaction_events_total', 'kind') }),
    timeseries('Meter readings stored', 'ops', { readings: perSecond('csms_readings_stored_total') }),
    timeseries('Boots by registration', 'ops', { '{{registration}}': perSecond('csms_station_boots_total', 'registration') }),
    timeseries(
      'Messages that fit no schema (top 10)',
      'ops',
      { '{{protocol}} {{action}}': `topk(10, ${perSecond('csms_ocpp_validation_failures_total', 'protocol, action')})` },
      'A rise after a firmware update of a vendor: see the runbook vendor-regression',
    ),
    timeseries('Deviations that were tolerated (top 10)', 'ops', {
      '{{action}} {{kind}}': `topk(10, ${perSecond('csms_ocpp_leniency_applied_total', 'action, kind')})`,
    }),
    timeseries('Tokens asked of your authorization service', 'ops', {
      '{{outcome}}': perSecond('csms_authorization_questions_total', 'outcome'),
    }),
  ],
};

const GATEWAY: Dashboard = {
  name: 'gateway',
  title: 'gateway',
  panels: [
    timeseries(
      'Connections by pod',
      'short',
      { '{{pod}}': 'sum by (pod) (csms_gateway_connections)' },
      'Compare with gateway.connectionsPerPod of the chart',
    ),
    timeseries('Handshakes by result', 'reqps', { '{{result}}': perSecond(HANDSHAKES, 'result') }),
    timeseries('Time to decide a handshake', 's', quantiles('csms_gateway_handshake_duration_seconds')),
    timeseries('Drains', 'short', {
      '{{pod}} drains': 'max by (pod) (csms_gateway_draining)',
      '{{pod}} remaining': 'max by (pod) (csms_gateway_drain_remaining)',
    }),
    timeseries('Messages of stations (top 10)', 'ops', { '{{action}}': `topk(10, ${perSecond(`${CALLS}{direction="in"}`, 'action')})` }),
    timeseries('Messages to stations (top 10)', 'ops', { '{{action}}': `topk(10, ${perSecond(`${CALLS}{direction="out"}`, 'action')})` }),
    timeseries('Messages of stations that got no result', 'ops', {
      '{{action}} {{result}}': perSecond(`${CALLS}{direction="in", result!="ok"}`, 'action, result'),
    }),
    {
      title: 'Time to answer stations',
      kind: 'heatmap',
      unit: 's',
      queries: { '': perSecond(`${DURATION}_bucket{direction="in"}`, 'le') },
    },
    timeseries('Time to answer stations, p99 by action (top 10)', 's', {
      '{{action}}': `topk(10, ${quantile(0.99, `${DURATION}{direction="in"}`, 'action')})`,
    }),
    timeseries('Calls under way', 'short', { '{{direction}}': 'sum by (direction) (csms_ocpp_pending_calls)' }),
    timeseries('Frames that could not be used', 'ops', { '{{reason}}': perSecond('csms_gateway_frames_rejected_total', 'reason') }),
    timeseries('Bytes kept for stations that read slowly', 'bytes', { '{{pod}}': 'sum by (pod) (csms_gateway_backpressure_bytes)' }),
    timeseries('Unexpected things', 'ops', { '{{kind}}': perSecond('csms_gateway_anomalies_total', 'kind') }),
    timeseries('Downlink records nobody waits for', 'ops', { '{{reason}}': perSecond('csms_gateway_downlink_dropped_total', 'reason') }),
    timeseries('Transport', 'short', { '{{transport}} (wanted {{wanted}})': 'sum by (transport, wanted) (csms_gateway_transport_info)' }),
    timeseries('Copies of frames', 'ops', { '{{result}}': perSecond('csms_gateway_frame_copies_total', 'result') }),
  ],
};

const COMMANDS: Dashboard = {
  name: 'commands',
  title: 'commands',
  panels: [
    timeseries('States that commands reach', 'ops', { '{{state}}': perSecond('csms_command_state_total', 'state') }),
    timeseries('Commands by action (top 10)', 'ops', {
      '{{action}}': `topk(10, ${perSecond('csms_command_state_total{state="queued"}', 'action')})`,
    }),
    timeseries(
      'Time to the socket of the station',
      's',
      quantiles('csms_command_delivery_seconds{kept="no"}'),
      'Without commands that may wait for their station (ttl)',
    ),
    timeseries('Time until the station answers', 's', quantiles('csms_ocpp_call_duration_seconds{direction="out"}')),
    timeseries('Answers of stations', 'ops', { '{{result}}': perSecond(`${CALLS}{direction="out"}`, 'result') }),
    timeseries('Unanswered commands by action (top 10)', 'ops', {
      '{{action}}': `topk(10, ${perSecond(`${CALLS}{direction="out", result="timeout"}`, 'action')})`,
    }),
    timeseries('Results at gateways', 'ops', { '{{outcome}}': perSecond('csms_gateway_commands_total', 'outcome') }),
    timeseries('Unusual events in the delivery', 'ops', { '{{kind}}': perSecond('csms_command_anomalies_total', 'kind') }),
    timeseries('DataTransfer by vendor', 'ops', { '{{vendor}} {{outcome}}': perSecond('csms_data_transfer_total', 'vendor, outcome') }),
    timeseries('Local lists', 'ops', { '{{kind}} {{outcome}}': perSecond('csms_local_list_answers_total', 'kind, outcome') }),
  ],
};

const SECURITY: Dashboard = {
  name: 'security',
  title: 'security',
  panels: [
    timeseries('Connections refused for who they are', 'reqps', {
      '{{result}}': perSecond(`${HANDSHAKES}{result=~"wrong-credentials|unknown-station|blocked|needs-tls"}`, 'result'),
    }),
    timeseries('Connections refused by limits', 'reqps', {
      '{{result}}': perSecond(`${HANDSHAKES}{result=~"too-many-attempts|too-many-handshakes"}`, 'result'),
    }),
    timeseries('Take-overs, and those too many to be chance', 'ops', {
      'take-overs': perSecond('csms_gateway_takeovers_total'),
      'duplicate identities': perSecond('csms_gateway_duplicate_identity_total'),
    }),
    timeseries('Identity conflicts, last hour', 'short', { conflicts: 'sum(increase(csms_station_identity_conflicts_total[1h]))' }),
    timeseries('Sockets closed because their station changed', 'ops', {
      '{{reason}}': perSecond('csms_station_evictions_total', 'reason'),
    }),
    timeseries('API requests without or beyond their rights', 'reqps', {
      '{{code}}': perSecond('csms_api_request_duration_seconds_count{code=~"401|403|429"}', 'code'),
    }),
    timeseries('API keys issued and revoked, last day', 'short', {
      '{{change}}': 'sum by (change) (increase(csms_device_config_api_keys_total[1d]))',
    }),
    timeseries('Contract certificates judged', 'ops', { '{{finding}}': perSecond('csms_contract_certificates_total', 'finding') }),
    timeseries('OCSP', 'ops', { '{{outcome}}': perSecond('csms_ocsp_questions_total', 'outcome') }),
    timeseries('One-time codes that were wrong or outdated', 'ops', {
      codes: perSecond('csms_transaction_anomalies_total{kind="one-time-code"}'),
    }),
  ],
};

export const STATION_BOARDS: readonly Dashboard[] = [FLEET, GATEWAY, COMMANDS, SECURITY];

{{/* The topics that each worker handles for stations and webhooks, as its consumer groups read them: `<worker>:<topic>`, or with a topic after the other. */}}
{{- define "voltbus.lagTopics" -}}
router:
  - [csms.internal.ocpp.router.v1]
  - [csms.internal.ocpp.results.v1]
  - [csms.internal.commands.v1, csms.connections.v1, csms.internal.dlq.v1]
transaction:
  - [csms.internal.ocpp.transaction.v1]
  - [csms.internal.ocpp.device.v1]
cdr:
  - [csms.transactions.v1]
device-config:
  - [csms.internal.ocpp.device.v1]
webhooks:
  - [csms.cdrs.v1, csms.transactions.v1, csms.connections.v1, csms.command-results.v1, csms.security-events.v1, csms.device-events.v1]
{{- end }}

{{/* Needs root, query, threshold. Null is an error: a Prometheus that has lost its targets would scale everything down. */}}
{{- define "voltbus.prometheusTrigger" -}}
{{- $prometheus := .root.Values.keda.prometheus -}}
- type: prometheus
  metricType: AverageValue
  metadata:
    serverAddress: {{ .root.Values.metrics.prometheusUrl | quote }}
    query: {{ .query | quote }}
    threshold: {{ int .threshold | quote }}
    ignoreNullValues: "false"
    {{- with $prometheus.authModes }}
    authModes: {{ . }}
    {{- end }}
  {{- with $prometheus.authentication }}
  authenticationRef: {name: {{ . }}}
  {{- end }}
{{- end }}

{{/* Needs root, component, topics, threshold. Without a topic, KEDA adds up those of the group. */}}
{{- define "voltbus.kafkaTrigger" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $sasl := $kafka.sasl.mechanism -}}
- type: kafka
  metricType: AverageValue
  metadata:
    bootstrapServers: {{ join "," $kafka.brokers | quote }}
    consumerGroup: {{ printf "%s:%s" .component (join ":" .topics) | quote }}
    {{- if eq (len .topics) 1 }}
    topic: {{ first .topics }}
    {{- end }}
    lagThreshold: {{ int .threshold | quote }}
    offsetResetPolicy: earliest
    tls: {{ ternary "enable" "disable" $kafka.tls.enabled }}
    sasl: {{ ternary (replace "scram-sha-" "scram_sha" $sasl | replace "plain" "plaintext") "none" (ne $sasl "") }}
  {{- if include "voltbus.kafkaSecrets" .root }}
  authenticationRef: {name: {{ include "voltbus.fullname" .root }}-kafka}
  {{- end }}
{{- end }}

{{/* Parameters of KEDA, each with its Secret and key. */}}
{{- define "voltbus.kafkaSecrets" -}}
{{- $kafka := .Values.kafka -}}
{{- if and $kafka.tls.enabled $kafka.tls.existingSecret -}}
{{- range $parameter := list "ca" "cert" "key" }}
{{- with index $kafka.tls $parameter }}
- {parameter: {{ $parameter }}, name: {{ $kafka.tls.existingSecret }}, key: {{ . }}}
{{- end }}
{{- end }}
{{- end }}
{{- if $kafka.sasl.mechanism }}
- {parameter: password, name: {{ $kafka.sasl.existingSecret }}, key: {{ $kafka.sasl.passwordKey }}}
{{- end }}
{{- end }}

{{/* By which KEDA reaches Kafka as the workers do: with the same Secrets, and the user name of their environment. */}}
{{- define "voltbus.kafkaTriggerAuthentication" -}}
{{- $kafka := .Values.kafka -}}
{{- if eq $kafka.sasl.mechanism "oauthbearer" }}
{{- fail "keda.lagFrom kafka cannot make the tokens of kafka.sasl.tokenProvider: use prometheus" }}
{{- end }}
{{- if $kafka.tls.serverName }}
{{- fail "keda.lagFrom kafka checks the brokers' certificates by their hosts, and knows no kafka.tls.serverName: use prometheus" }}
{{- end }}
{{- with include "voltbus.kafkaSecrets" . }}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  name: {{ include "voltbus.fullname" $ }}-kafka
  labels:
    {{- include "voltbus.labels" (dict "root" $ "component" "keda") | nindent 4 }}
spec:
  secretTargetRef:
    {{- . | trim | nindent 4 }}
  {{- if $kafka.sasl.mechanism }}
  env:
    - {parameter: username, name: VOLTBUS_KAFKA_SASL_USERNAME}
  {{- end }}
{{- end }}
{{- end }}

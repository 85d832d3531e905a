{{/* Environment of a process: nothing secret, only where its secrets are. Needs root, component, config, secrets. */}}
{{- define "voltbus.env" -}}
{{- $all := include "voltbus.secrets" .root | fromYaml -}}
- name: VOLTBUS_POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- range .secrets }}
{{- with index $all . }}
{{- if .secret }}
- name: VOLTBUS_{{ .setting }}_FILE
  value: /etc/voltbus/secrets/{{ .file }}
{{- end }}
{{- end }}
{{- end }}
{{- if not .root.Values.embedded.enabled }}
- name: VOLTBUS_KAFKA_BROKERS
  value: {{ join "," .root.Values.kafka.brokers | quote }}
- name: VOLTBUS_TOPIC_REPLICATION
  value: {{ .root.Values.kafka.replication | quote }}
- name: VOLTBUS_TOPIC_PARTITIONS
  value: {{ .root.Values.kafka.partitions | quote }}
{{- include "voltbus.connection-env" . }}
{{- end }}
{{- if has .component (list "gateway" "standalone") }}
{{- include "voltbus.proxy-env" .root.Values.gateway }}
{{- with .root.Values.gateway.tls }}
{{- if .existingSecret }}
- name: VOLTBUS_OCPP_TLS_PORT
  value: "9443"
- name: VOLTBUS_OCPP_TLS_CERT_FILES
  value: /etc/voltbus/ocpp-tls/tls.crt
- name: VOLTBUS_OCPP_TLS_KEY_FILES
  value: /etc/voltbus/ocpp-tls/tls.key
{{- end }}
{{- if .clientCaSecret }}
- name: VOLTBUS_OCPP_TLS_CLIENT_CA_FILES
  value: /etc/voltbus/ocpp-client-ca/ca.crt
{{- if .crl }}
- name: VOLTBUS_OCPP_TLS_CRL_FILES
  value: /etc/voltbus/ocpp-client-ca/{{ .crl }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (has .component (list "api" "standalone")) (include "voltbus.behindProxy" .root) .root.Values.api.trustedProxies }}
- name: VOLTBUS_API_TRUSTED_PROXIES
  value: {{ join "," .root.Values.api.trustedProxies | quote }}
{{- end }}
{{- if has .component (list "api" "standalone") }}
{{- include "voltbus.files-env" . }}
{{- end }}
{{- with .root.Values.stationCertificates.issuerRef }}
{{- if and .name (has $.component (list "api" "device-config")) }}
- name: VOLTBUS_CERTIFICATE_AUTHORITY
  value: cert-manager
- name: VOLTBUS_CA_ISSUER_NAME
  value: {{ .name | quote }}
- name: VOLTBUS_CA_ISSUER_KIND
  value: {{ .kind | quote }}
- name: VOLTBUS_CA_ISSUER_GROUP
  value: {{ .group | quote }}
{{- if eq $.component "device-config" }}
- name: VOLTBUS_CA_KUBERNETES_DIR
  value: /etc/voltbus/kubernetes
{{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.traces }}
{{- if and .endpoint (ne $.component "setup") }}
- name: VOLTBUS_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: VOLTBUS_TRACE_RATIO
  value: {{ include "voltbus.number" .ratio | quote }}
- name: VOLTBUS_TRACE_SLOW_SECONDS
  value: {{ include "voltbus.number" .slowSeconds | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := mergeOverwrite (deepCopy .root.Values.settings) (deepCopy .config.settings) }}
- name: VOLTBUS_{{ $name }}
  value: {{ if kindIs "float64" $value }}{{ include "voltbus.number" $value | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- with .config.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What stands before the gateways. Needs the values of the gateway. */}}
{{- define "voltbus.proxy-env" -}}
{{- if and (or .proxyProtocol (ne .proxyTls "none")) (not .trustedProxies) }}
{{- fail "gateway.trustedProxies is required with gateway.proxyProtocol and gateway.proxyTls: nothing is believed of others" }}
{{- end }}
{{- if and (not .plain) (not .tls.existingSecret) }}
{{- fail "gateway.tls.existingSecret is required where gateway.plain is false: stations would have no port" }}
{{- end }}
{{- with .trustedProxies }}
- name: VOLTBUS_OCPP_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
{{- end }}
{{- if .proxyProtocol }}
- name: VOLTBUS_OCPP_PROXY_PROTOCOL
  value: "true"
{{- end }}
{{- if ne .proxyTls "none" }}
- name: VOLTBUS_OCPP_PROXY_TLS
  value: {{ .proxyTls }}
{{- end }}
{{- if not .plain }}
- name: VOLTBUS_OCPP_PLAIN
  value: "false"
{{- end }}
{{- end }}

{{/* Where files are kept. */}}
{{- define "voltbus.files-env" -}}
{{- if include "voltbus.filesVolume" .root }}
- name: VOLTBUS_FILES_DIR
  value: /var/lib/voltbus/files
{{- end }}
{{- with .root.Values.files.s3 }}
{{- if .bucket }}
{{- range $name, $value := dict "BUCKET" .bucket "REGION" .region "ENDPOINT" .endpoint "PREFIX" .prefix "CA_FILE" (ternary "/etc/voltbus/files-s3-ca/ca.crt" "" (ne .caSecret "")) }}
{{- if $value }}
- name: VOLTBUS_FILES_S3_{{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* How Kafka and Redis are reached. */}}
{{- define "voltbus.connection-env" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $named := dict "KAFKA_SASL_MECHANISM" $kafka.sasl.mechanism "KAFKA_SASL_USERNAME" $kafka.sasl.username "KAFKA_TOKEN_PROVIDER" $kafka.sasl.tokenProvider "KAFKA_TLS_SERVER_NAME" $kafka.tls.serverName -}}
{{- if $kafka.tls.enabled }}{{ $_ := set $named "KAFKA_TLS" "true" }}{{ end -}}
{{- if has "redis" .secrets }}{{ $_ := set $named "REDIS_TLS_SERVER_NAME" .root.Values.redis.tls.serverName }}{{ end -}}
{{- range $volume, $one := include "voltbus.certificates" . | fromYaml }}
{{- range $member, $key := $one.keys }}
{{- if $key }}{{ $_ := set $named (printf "%s_%s_FILE" $one.setting (upper $member)) (printf "/etc/voltbus/%s/%s" $volume $key) }}{{ end }}
{{- end }}
{{- end }}
{{- range $name, $value := $named }}
{{- if $value }}
- name: VOLTBUS_{{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Helm reads numbers as floats: a million must not become 1e+06. */}}
{{- define "voltbus.number" -}}
{{- if eq (float64 (int64 .)) (float64 .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* The files of its secrets, from as many Secrets as they stand in. */}}
{{- define "voltbus.volumes" -}}
{{- $all := include "voltbus.secrets" .root | fromYaml -}}
{{- $sources := list -}}
{{- range .secrets }}
{{- $one := index $all . -}}
{{- if $one.secret }}
{{- $sources = append $sources (dict "secret" (dict "name" $one.secret "items" (list (dict "key" $one.key "path" $one.file)))) -}}
{{- else if not $one.optional }}
{{- fail (printf "%s is required: the Secret that holds it (or embedded.enabled for a trial)" $one.value) }}
{{- end }}
{{- end }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- if $sources }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- toYaml $sources | nindent 6 }}
{{- end }}
{{- range $volume, $one := include "voltbus.certificates" . | fromYaml }}
- name: {{ $volume }}
  secret:
    secretName: {{ $one.secret }}
    defaultMode: 0440
{{- end }}
{{- if and (eq .component "api") (include "voltbus.filesVolume" .root) }}
- name: files
  persistentVolumeClaim:
    claimName: {{ .root.Values.files.persistence.existingClaim | default (printf "%s-files" (include "voltbus.fullname" .root)) }}
{{- end }}
{{- if and (eq .component "device-config") .root.Values.stationCertificates.issuerRef.name }}
- name: kubernetes
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end }}
{{- with .config.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "voltbus.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- $all := include "voltbus.secrets" .root | fromYaml }}
{{- $any := false }}
{{- range .secrets }}{{ if (index $all .).secret }}{{ $any = true }}{{ end }}{{ end }}
{{- if $any }}
- {name: secrets, mountPath: /etc/voltbus/secrets, readOnly: true}
{{- end }}
{{- range $volume, $_ := include "voltbus.certificates" . | fromYaml }}
- {name: {{ $volume }}, mountPath: /etc/voltbus/{{ $volume }}, readOnly: true}
{{- end }}
{{- if and (eq .component "api") (include "voltbus.filesVolume" .root) }}
- {name: files, mountPath: /var/lib/voltbus/files}
{{- end }}
{{- if and (eq .component "device-config") .root.Values.stationCertificates.issuerRef.name }}
- {name: kubernetes, mountPath: /etc/voltbus/kubernetes, readOnly: true}
{{- end }}
{{- with .config.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "voltbus.image-and-context" -}}
image: {{ include "voltbus.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{- end }}

{{/* What every pod has, whatever it is for. */}}
{{- define "voltbus.pod-basics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}

{{/* `/live` answers once the topics were found in order; migrations at the start may take minutes. */}}
{{- define "voltbus.probes" -}}
startupProbe:
  httpGet: {path: /live, port: internal}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: {path: /live, port: internal}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /ready, port: internal}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end }}

{{- define "voltbus.scheduling" -}}
{{- with .config.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .config.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .config.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .config.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if .config.topologySpreadConstraints }}
  {{- toYaml .config.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "voltbus.selector" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

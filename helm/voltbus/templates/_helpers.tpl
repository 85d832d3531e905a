{{- define "voltbus.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Names of components are added to it: kept short enough for the longest. */}}
{{- define "voltbus.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "voltbus.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "voltbus.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "voltbus.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end }}

{{/* What never changes in the life of a release: selectors are made of it. */}}
{{- define "voltbus.releaseSelector" -}}
app.kubernetes.io/name: {{ include "voltbus.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "voltbus.selector" -}}
{{ include "voltbus.releaseSelector" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* A name is dict "root" $ "component" "gateway", everywhere below. */}}
{{- define "voltbus.labels" -}}
{{ include "voltbus.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: voltbus
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "voltbus.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "voltbus.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* The components of this release, by the names of their processes: the key of their values, and which secrets they are given. */}}
{{- define "voltbus.components" -}}
{{- if .Values.embedded.enabled -}}
{}
{{- else -}}
gateway: {values: gateway, secrets: [kafkaPassword, otlpHeaders, redis, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext]}
router: {values: router, secrets: [kafkaPassword, otlpHeaders, redis, database, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext]}
transaction: {values: transaction, secrets: [kafkaPassword, otlpHeaders, redis, database, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext, authorization, contractRoots]}
cdr: {values: cdr, secrets: [kafkaPassword, otlpHeaders, redis, database]}
device-config: {values: deviceConfig, secrets: [kafkaPassword, otlpHeaders, redis, database, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext]}
webhooks: {values: webhooks, secrets: [kafkaPassword, otlpHeaders, redis, database, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext]}
api: {values: api, secrets: [kafkaPassword, otlpHeaders, redis, database, keyPepper, encryptionKey, encryptionKeyPrevious, encryptionKeyNext, keyPepperPrevious, keyPepperNext, adminKey, adminKeyPrevious, authorization, contractRoots, filesAccessKey, filesSecretKey]}
{{- end -}}
{{- end }}

{{/* A component's values on top of the defaults. */}}
{{- define "voltbus.config" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values .key)) | toYaml -}}
{{- end }}

{{/* Every secret there is: where it comes from, and the file it becomes. */}}
{{- define "voltbus.secrets" -}}
redis: {secret: {{ .Values.redis.existingSecret | quote }}, key: {{ .Values.redis.key }}, setting: REDIS_URL, file: redis-url, value: redis.existingSecret}
database: {secret: {{ .Values.postgresql.existingSecret | quote }}, key: {{ .Values.postgresql.key }}, setting: DATABASE_URL, file: database-url, value: postgresql.existingSecret}
keyPepper: {secret: {{ .Values.keys.existingSecret | quote }}, key: {{ .Values.keys.keyPepper }}, setting: KEY_PEPPER, file: key-pepper, value: keys.existingSecret}
adminKey: {secret: {{ .Values.keys.existingSecret | quote }}, key: {{ .Values.keys.adminKey }}, setting: ADMIN_KEY, file: admin-key, value: keys.existingSecret}
encryptionKey: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.encryptionKey "") | quote }}, key: {{ .Values.keys.encryptionKey | quote }}, setting: ENCRYPTION_KEY, file: encryption-key, optional: true}
encryptionKeyPrevious: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.encryptionKeyPrevious "") | quote }}, key: {{ .Values.keys.encryptionKeyPrevious | quote }}, setting: ENCRYPTION_KEY_PREVIOUS, file: encryption-key-previous, optional: true}
encryptionKeyNext: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.encryptionKeyNext "") | quote }}, key: {{ .Values.keys.encryptionKeyNext | quote }}, setting: ENCRYPTION_KEY_NEXT, file: encryption-key-next, optional: true}
keyPepperPrevious: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.keyPepperPrevious "") | quote }}, key: {{ .Values.keys.keyPepperPrevious | quote }}, setting: KEY_PEPPER_PREVIOUS, file: key-pepper-previous, optional: true}
keyPepperNext: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.keyPepperNext "") | quote }}, key: {{ .Values.keys.keyPepperNext | quote }}, setting: KEY_PEPPER_NEXT, file: key-pepper-next, optional: true}
adminKeyPrevious: {secret: {{ ternary .Values.keys.existingSecret "" (ne .Values.keys.adminKeyPrevious "") | quote }}, key: {{ .Values.keys.adminKeyPrevious | quote }}, setting: ADMIN_KEY_PREVIOUS, file: admin-key-previous, optional: true}
kafkaPassword: {secret: {{ .Values.kafka.sasl.existingSecret | quote }}, key: {{ .Values.kafka.sasl.passwordKey }}, setting: KAFKA_SASL_PASSWORD, file: kafka-password, optional: true}
otlpHeaders: {secret: {{ ternary .Values.traces.existingSecret "" (ne .Values.traces.endpoint "") | quote }}, key: {{ .Values.traces.headersKey }}, setting: OTLP_HEADERS, file: otlp-headers, optional: true}
authorization: {secret: {{ .Values.authorization.existingSecret | quote }}, key: {{ .Values.authorization.key }}, setting: AUTHORIZATION_SECRET, file: authorization-secret, optional: true}
contractRoots: {secret: {{ .Values.contractRoots.existingSecret | quote }}, key: {{ .Values.contractRoots.key }}, setting: CONTRACT_ROOTS, file: contract-roots.pem, optional: true}
filesAccessKey: {secret: {{ ternary .Values.files.s3.existingSecret "" (ne .Values.files.s3.bucket "") | quote }}, key: {{ .Values.files.s3.accessKey }}, setting: FILES_S3_ACCESS_KEY, file: files-s3-access-key, optional: true}
filesSecretKey: {secret: {{ ternary .Values.files.s3.existingSecret "" (ne .Values.files.s3.bucket "") | quote }}, key: {{ .Values.files.s3.secretKey }}, setting: FILES_S3_SECRET_KEY, file: files-s3-secret-key, optional: true}
{{- end }}

{{/* The gateway closes sockets in 0.36 of its drain (0.6 for the listeners, 0.6 of that for closing): the rest is for calls that are still open. */}}
{{- define "voltbus.drainSeconds" -}}
{{- if eq .component "gateway" -}}
{{- $seconds := max 30 (ceil (divf .config.connectionsPerPod (mulf .config.drainPerSecond 0.36)) | int) -}}
{{- if gt $seconds 3600 }}{{ fail (printf "a drain of %d connections at %d a second takes %d s: more than 3600" (int .config.connectionsPerPod) (int .config.drainPerSecond) $seconds) }}{{ end -}}
{{- $seconds -}}
{{- else -}}
{{- .config.drainSeconds | int -}}
{{- end -}}
{{- end }}

{{- define "voltbus.behindProxy" -}}
{{- if or .Values.api.ingress.enabled .Values.api.httpRoute.enabled }}true{{ end -}}
{{- end }}

{{/* `helm test` connects to the port without TLS, and writes no header of the PROXY protocol. */}}
{{- define "voltbus.hasTest" -}}
{{- if and .Values.test.enabled .Values.keys.existingSecret .Values.gateway.plain (not .Values.gateway.proxyProtocol) }}true{{ end -}}
{{- end }}

{{/* Ports of the brokers, each once. */}}
{{- define "voltbus.kafkaPorts" -}}
{{- $ports := list -}}
{{- range .Values.kafka.brokers }}{{ $ports = append $ports (regexFind "[0-9]+$" . | int) }}{{ end -}}
{{- $ports | uniq | toJson -}}
{{- end }}

{{/* Port of a URL: its own, or that of its scheme. */}}
{{- define "voltbus.portOf" -}}
{{- $url := urlParse . -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- if $port }}{{ $port }}{{ else if eq $url.scheme "https" }}443{{ else }}80{{ end -}}
{{- end }}

{{/* Whether files are on a volume that the pods of the API share. */}}
{{- define "voltbus.filesVolume" -}}
{{- with .Values.files }}
{{- if and .s3.bucket .persistence.enabled }}{{ fail "files.s3.bucket and files.persistence.enabled: files are kept in one of them" }}{{ end -}}
{{- if and .persistence.enabled (not $.Values.embedded.enabled) }}true{{ end -}}
{{- end -}}
{{- end }}

{{/* Certificates of connections: by the name of their volume, the Secret and the settings that name its files. Needs root, secrets. */}}
{{- define "voltbus.certificates" -}}
{{- $values := .root.Values -}}
{{- if and (not $values.embedded.enabled) $values.kafka.tls.enabled $values.kafka.tls.existingSecret }}
kafka-tls: {secret: {{ $values.kafka.tls.existingSecret }}, setting: KAFKA_TLS, keys: {{ pick $values.kafka.tls "ca" "cert" "key" | toJson }}}
{{- end }}
{{- if and (has "redis" .secrets) $values.redis.tls.existingSecret }}
redis-tls: {secret: {{ $values.redis.tls.existingSecret }}, setting: REDIS_TLS, keys: {{ pick $values.redis.tls "ca" "cert" "key" | toJson }}}
{{- end }}
{{- if and (has "database" .secrets) $values.postgresql.tlsSecret }}
postgresql-tls: {secret: {{ $values.postgresql.tlsSecret }}}
{{- end }}
{{- if has .component (list "gateway" "standalone") }}
{{- $tls := $values.gateway.tls }}
{{- if and $tls.clientCaSecret (not $tls.existingSecret) }}
{{- fail "gateway.tls.existingSecret is required with gateway.tls.clientCaSecret: stations present their certificates on the TLS port" }}
{{- end }}
{{- with $tls.existingSecret }}
ocpp-tls: {secret: {{ . }}}
{{- end }}
{{- with $tls.clientCaSecret }}
ocpp-client-ca: {secret: {{ . }}}
{{- end }}
{{- end }}
{{- if and (has .component (list "api" "standalone")) $values.files.s3.bucket $values.files.s3.caSecret }}
files-s3-ca: {secret: {{ $values.files.s3.caSecret }}}
{{- end }}
{{- end }}

{{- define "charla.name" -}}
{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "charla.selector" -}}
app.kubernetes.io/name: charla
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "charla.labels" -}}
{{ include "charla.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "charla.check" -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- fail "replicas: one Charla works on a database at a time, SQLite or PostgreSQL; set it to 1" -}}
{{- end -}}
{{- if gt (len .Values.externalEngines) 1 -}}
{{- fail "externalEngines: Charla asks one address; put a router before several engines" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.existingSecret) -}}
{{- fail "serviceMonitor: it needs existingSecret with CHARLA_METRICS_TOKEN" -}}
{{- end -}}
{{- end }}

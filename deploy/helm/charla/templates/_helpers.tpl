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
{{- if not .Values.existingSecret -}}
{{- fail "replicas: several share a PostgreSQL database and a master key: existingSecret with CHARLA_DATABASE_URL and CHARLA_MASTER_KEY" -}}
{{- end -}}
{{- if eq (len .Values.externalEngines) 0 -}}
{{- fail "replicas: several have no folder of models together; set externalEngines" -}}
{{- end -}}
{{- end -}}
{{- if gt (len .Values.externalEngines) 1 -}}
{{- fail "externalEngines: Charla asks one address; put a router before several engines" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.existingSecret) -}}
{{- fail "serviceMonitor: it needs existingSecret with CHARLA_METRICS_TOKEN" -}}
{{- end -}}
{{- end }}

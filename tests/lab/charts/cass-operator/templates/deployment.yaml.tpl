{{- $name := include "k8ssandra-common.fullname" . }}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "cass-operator.metadata" (list . "") | nindent 2 }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "k8ssandra-common.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels: {{ include "k8ssandra-common.labels" . | indent 8 }}
      {{- with include "k8ssandra-common.annotations" (dict "context" . "annotations" .Values.podAnnotations) }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "k8ssandra-common.serviceAccountName" . }}
      {{- range $field := list "imagePullSecrets" "nodeSelector" "tolerations" }}
      {{- with index $.Values $field }}
      {{ $field }}:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.podSecurityContext | nindent 8 }}
      containers:
        - name: cass-operator
          image: {{ include "k8ssandra-common.flattenedImage" .Values.image }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: [/manager]
          args: [--config=/configs/controller_manager_config.yaml]
          env:
            - name: WATCH_NAMESPACE
              {{- if .Values.global.clusterScoped }}
              value: {{ include "cass-operator.watchNamespaces" . }}
              {{- else }}
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
              {{- end }}
          ports:
            - name: webhook-server
              containerPort: 9443
          readinessProbe:
            httpGet:
              path: /readyz
              port: 8081
            initialDelaySeconds: 5
            periodSeconds: 10
          livenessProbe:
            httpGet:
              path: /healthz
              port: 8081
            initialDelaySeconds: 15
            periodSeconds: 20
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts:
            - name: configuration
              mountPath: /configs
            {{- if .Values.admissionWebhooks.enabled }}
            - name: certificate
              mountPath: /tmp/k8s-webhook-server/serving-certs
              readOnly: true
            {{- end }}
      volumes:
        - name: configuration
          configMap:
            name: {{ $name }}-manager-config
        {{- if .Values.admissionWebhooks.enabled }}
        - name: certificate
          secret:
            secretName: {{ $name }}-webhook-server-cert
        {{- end }}
      terminationGracePeriodSeconds: 10

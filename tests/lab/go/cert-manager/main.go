// The parts of cert-manager that an installation of it waits for: its webhook, its injector and its check of itself, made of its
// own packages. Its controller only says that it lives, as the lab's own controller signs.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	config "github.com/cert-manager/cert-manager/internal/apis/config/webhook"
	"github.com/cert-manager/cert-manager/internal/webhook"
	cmapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/util/cmapichecker"
)

var parts = map[string]func(context.Context, logr.Logger, []string) error{
	"webhook":         serveWebhook,
	"cainjector":      inject,
	"startupapicheck": check,
	"controller":      live,
}

func main() {
	log := funcr.New(func(prefix, args string) { fmt.Println(prefix, args) }, funcr.Options{LogTimestamp: true})
	ctrl.SetLogger(log)
	ctx := logr.NewContext(ctrl.SetupSignalHandler(), log)
	if err := parts[os.Args[1]](ctx, log, os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveWebhook answers AdmissionReviews, with a certificate of an authority that it keeps in a Secret.
func serveWebhook(ctx context.Context, log logr.Logger, args []string) error {
	flags := flag.NewFlagSet("webhook", flag.ExitOnError)
	own := shared.DynamicServingConfig{LeafDuration: 7 * 24 * time.Hour}
	port := flags.Int("secure-port", 6443, "")
	metrics := flags.String("metrics-listen-address", "0.0.0.0:9402", "")
	flags.StringVar(&own.SecretNamespace, "dynamic-serving-ca-secret-namespace", "", "")
	flags.StringVar(&own.SecretName, "dynamic-serving-ca-secret-name", "", "")
	flags.Func("dynamic-serving-dns-names", "", func(name string) error {
		own.DNSNames = append(own.DNSNames, name)
		return nil
	})
	accept(flags, "v")
	if err := flags.Parse(args); err != nil {
		return err
	}
	settings := config.WebhookConfiguration{SecurePort: int32(*port), HealthzPort: 6080, MetricsListenAddress: *metrics}
	settings.TLSConfig.Dynamic = own
	made, err := webhook.NewCertManagerWebhookServer(log, settings)
	if err != nil {
		return err
	}
	return made.Run(ctx)
}

// inject writes authorities into what asks for them by annotation.
func inject(ctx context.Context, log logr.Logger, args []string) error {
	flags := flag.NewFlagSet("cainjector", flag.ExitOnError)
	accept(flags, "v", "leader-election-namespace", "leader-elect")
	if err := flags.Parse(args); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, apiextensions.AddToScheme, cmapi.AddToScheme,
	} {
		utilruntime.Must(add(scheme))
	}
	settings, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(settings, ctrl.Options{Scheme: scheme, Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		return err
	}
	wanted := cainjector.SetupOptions{EnableCertificatesDataSource: true, EnabledReconcilersFor: map[string]bool{
		cainjector.MutatingWebhookConfigurationName:   true,
		cainjector.ValidatingWebhookConfigurationName: true,
		cainjector.CustomResourceDefinitionName:       true,
	}}
	if err := cainjector.RegisterAllInjectors(ctx, manager, wanted); err != nil {
		return err
	}
	return manager.Start(ctx)
}

// check waits until the API server creates a request for a certificate, and refuses a wrong one, by the webhook's answer.
func check(ctx context.Context, _ logr.Logger, args []string) error {
	flags := flag.NewFlagSet("startupapicheck", flag.ExitOnError)
	limit := flags.Duration("wait", time.Minute, "")
	flags.Bool("v", false, "")
	if err := flags.Parse(args[2:]); err != nil { // behind the words `check api`
		return err
	}
	settings, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	for {
		checker, err := cmapichecker.New(settings, os.Getenv("POD_NAMESPACE"))
		if err == nil {
			err = checker.Check(ctx)
		}
		if err == nil {
			fmt.Println("The cert-manager API is ready")
			return nil
		}
		fmt.Println("Not ready:", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(2 * time.Second):
		}
	}
}

// live answers the probe of the controller, and does nothing else.
func live(ctx context.Context, _ logr.Logger, _ []string) error {
	http.HandleFunc("/livez", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, "ok") })
	served := &http.Server{Addr: ":9403"}
	go func() {
		<-ctx.Done()
		served.Close()
	}()
	if err := served.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// accept takes flags that mean nothing here, each with its value.
func accept(flags *flag.FlagSet, names ...string) {
	for _, name := range names {
		flags.String(name, "", "")
	}
}

// Command alfaone is the whole program: the server, its demonstration, and what an operator does at the command line.
//
// This package reads the environment, constructs the parts and wires them; it must not hold a rule, a query or a page.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // deadlines are told in time zones, also where the machine knows none

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// terminal is where a command writes: what was asked for to out, all else to err.
type terminal struct {
	out, err io.Writer
}

// commands are the program's commands, as kong reads them.
type commands struct {
	Serve        serveCommand        `cmd:"" help:"Run the server."`
	Demo         demoCommand         `cmd:"" help:"Run the server with a sample organization, to look around."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database to this version. The server does it by itself when it starts."`
	Doctor       doctorCommands      `cmd:"" help:"Check configuration, storage, mail and clock, or find leaked API keys."`
	Member       memberCommand       `cmd:"" help:"List, add and remove members, or help one who cannot sign in."`
	Organization organizationCommand `cmd:"" help:"List organizations, and set their API rate."`
	Apikey       apikeyCommand       `cmd:"" name:"apikey" help:"List, create, rotate and revoke API keys."`
	Openapi      openapiCommand      `cmd:"" name:"openapi" help:"Print the OpenAPI document of the public API."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
}

const description = `Asynchronous assessments on your own server.

Every flag can also be set in the environment: --base-url is ALFAONE_BASE_URL, and ALFAONE_BASE_URL_FILE names a file that holds the value.`

// run runs one command and returns the exit code: 0 when it went well, 1 when it failed, 2 for a wrong command line.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	env, err := readEnvironment(environ)
	if err != nil {
		fmt.Fprintln(errOut, "alfaone:", err)
		return 2
	}
	exited := -1
	var c commands
	parser, err := kong.New(&c, kong.Name("alfaone"), kong.Description(description), kong.Writers(out, errOut),
		kong.Resolvers(env), kong.Exit(func(code int) { exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, "alfaone:", err)
		return 2
	}
	chosen, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err == nil {
		err = env.unknown(parser.Model)
	}
	if err != nil {
		fmt.Fprintf(errOut, "alfaone: %v\nalfaone --help lists commands and flags.\n", err)
		return 2
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(terminal{out, errOut}); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errOut, "alfaone:", err)
		return 1
	}
	return 0
}

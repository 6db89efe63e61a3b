"""What stands behind `./dev`: setting the project up, running it, checking it. Standard library only.

It runs before anything is installed, so it may import neither a package nor the project's own code.

    verbs        what `./dev VERB` does
    checks       what can be said about the project without running it
    measuring    measurements and their records
    database     tables, course, demo accounts
    frontend     Node packages, scripts and styles, catalogues of texts
    environment  .venv, uv, Python packages
    serving      web server and worker as one program that leaves nothing behind
    processes    children, their descendants, and how all of them end
    network      index, proxy and certificates as pip has them; downloads by hash
    stamps       what has been done already, by the content it was done for
    console      steps with times, failures with the way out, English or Chinese
    places       where things are
"""

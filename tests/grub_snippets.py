# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts for contract_grub_script.py: what they are about, and their text."""

# GRUB, bash and hostgrub print the same.
BASH = {
    "words": "echo one two   three; echo 'a  b' \"c  d\"",
    "parts of a word": "echo one\"two\"three'four'five",
    "empty words": "echo a '' b \"\" c",
    "nothing to print": "echo; echo ''; echo -n",
    "no newline": "echo -n a; echo -n b; echo c",
    "options end": "echo a -n; echo - -e",
    "quotes in quotes": "echo \"it's\" 'say \"x\"'",
    "backslashes in double quotes": r'echo "a\"b" "\\" "\$x" "\n" "\q"',
    "backslashes in single quotes": r"echo 'a\b' '\' 'c\\d'",
    "backslashes outside quotes": r"echo a\ b \"c\' \\ \$x \n \#",
    "a line goes on": "echo a\\\nb \"c\\\nd\" 'e\\\nf'",
    "newlines in quotes": "echo \"a\nb\" 'c\nd' e",
    "special characters in words": "echo a=b %x ^ @ + , . / : ~z ]x",
    "comments": "# all of it\necho a # not this\necho b#c '#' \\# \"#\"#d",
    "a comment at the end of a file": "echo a\n# no newline here",
    "semicolons": "echo a;echo b ; echo c;\necho d",
    "blank lines and tabs": "\n\n\techo a\n \n\t \necho\tb\n\n",
    "a value": "x=1; echo $x ${x} \"$x\" '$x'",
    "a name ends": "x=1; echo a${x}b $xb ${x}$x \"$x-${x}_\"",
    "no value": "echo a $nothing b \"$nothing\" c${nothing}d",
    "values are split": "x='a   b  c'; echo $x; echo \"$x\"; echo -$x-",
    "blanks around a value": "x=' a '; echo $x \"$x\" -\"$x\"-",
    "values are not read again": "x='$y \"z\" \\\\ # ;'; y=1; echo \"$x\"",
    "a quote in a value": "x=\"it's\"; echo $x \"$x\"",
    "assignments of pieces": "x=a'b c'\"d  e\"; echo \"$x\"; y=\"$x$x\"; echo \"$y\"",
    "assignment of nothing": "x=; y=''; echo \"[$x$y]\"",
    "a value of itself": "x=a; x=$x$x; x=\"$x$x\"; echo $x",
    "a value with an equals sign": "x=a=b=c; echo $x",
    "a command of a variable": "c=echo; $c a; $c$nothing b; \"$c\" c",
    "a command of several words": "c='echo a  b'; $c c",
    "a command of nothing": "$nothing; echo $?; $nothing echo a",
    "unset": "x=1; unset x; echo \"[$x]\"; unset x y; echo $?",
    "status of commands": "true; echo $?; false; echo $?; echo $?",
    "status is kept by comments": "false\n# here\n\necho $?",
    "not": "! true; echo $?; ! false; echo $?",
    "status of an assignment": "false; x=1; echo $?",
    "if": "if true; then echo a; fi; if false; then echo b; fi; echo c",
    "else and elif": ("for x in 1 2 3; do if test $x = 1; then echo one; "
                      "elif test $x = 2\nthen echo two; else echo more; fi; "
                      "done"),
    "if with lists": ("if echo a; false; then echo b; elif false; true; then "
                      "echo c; echo d; fi"),
    "if in if": ("if true; then if false; then echo a; else if true; then "
                 "echo b; fi; fi; else echo c; fi"),
    "status of an if": ("if false; then true; fi; echo $?\n"
                        "if true; then false; fi; echo $?\n"
                        "if false; then true; else echo $?; fi"),
    "if over lines": "if\ntrue\nthen\necho a\nelse\necho b\nfi",
    "while": "x=; while test \"$x\" != aaa; do x=a$x; echo $x; done",
    "until": "x=; until test \"$x\" = aaa\ndo\nx=a$x\necho $x\ndone; echo $?",
    "while never": "while false; do echo a; done; until true; do echo b; done",
    "status in a condition": ("x=; false; while test $? != 0; do x=a$x; "
                              "test $x = aaa; done; echo $x"),
    "for": "for x in a 'b c' \"d  e\" f; do echo \"[$x]\"; done; echo $x",
    "for over lines": "for x in a b\ndo\n\necho $x\n\ndone",
    "for over values": ("y='1 2'; for x in $y \"$y\" a$y; do echo \"[$x]\"; "
                        "done"),
    "for over nothing": ("x=old; for x in $nothing; do echo $x; done; "
                         "echo $x $?; for x in \"\"; do echo \"[$x]\"; done"),
    "for in for": ("for x in 1 2; do for y in a b; do echo $x$y; done; done; "
                   "echo $x$y"),
    "break": ("for x in 1 2 3; do echo $x; if test $x = 2; then break; fi; "
              "done; echo $?"),
    "break of several": ("for x in 1 2; do while true; do echo $x; break 2; "
                         "done; echo no; done; echo end"),
    "break of too many": "for x in 1 2; do echo $x; break 9; done; echo end",
    "continue": ("for x in 1 2 3; do if test $x = 2; then continue; fi; "
                 "echo $x; done"),
    "continue of several": ("for x in 1 2; do for y in a b; do echo $x$y; "
                            "continue 2; echo no; done; echo no; done"),
    "a function": "function f { echo in; }; f; f\necho out",
    "a function over lines": "function f\n{\necho a\necho b\n}\nf",
    "parameters": "function f { echo \"$1\" $2 [$3] $#; }\nf\nf a\nf a 'b c' d",
    "many parameters": ("function f { echo $1 ${10} ${11} $#; }\n"
                        "f a b c d e f g h i j k"),
    "all parameters": ("function f { for x in $@; do echo \"[$x]\"; done; "
                       "for x in $*; do echo \"<$x>\"; done; }\n"
                       "f a 'b c'  d\nf"),
    "all parameters in quotes": (
        "function f { for x in \"$@\"; do echo \"[$x]\"; done; "
        "for x in \"$*\"; do echo \"<$x>\"; done; }\nf a 'b  c' ''  d"),
    "parameters inside a word": (
        "function f { for x in a\"$@\"b \"c$*d\"; do echo \"[$x]\"; done; }\n"
        "f 1 '2 3' 4\nf 1"),
    "shift": ("function f { echo $1 $#; shift; echo $1 $#; shift 2; "
              "echo \"[$1]\" $#; }\nf a b c d"),
    "shift too far": "function f { shift 5; echo $1 $#; }\nf a b",
    "return": "function f { echo a; return; echo b; }\nf; echo $?",
    "return a status": ("function f { return 3; }\nf; echo $?\n"
                        "if f; then echo a; else echo b; fi\n! f; echo $?"),
    "return the last status": ("function f { false; return; }\nf; echo $?\n"
                               "function g { false; }\ng; echo $?"),
    "return from loops": ("function f { for x in 1 2; do while true; do echo "
                          "$x; return 4; done; done; }\nf; echo $?"),
    "functions call functions": (
        "function f { echo f $1; g \"$1\" b; echo f $1; }\n"
        "function g { echo g $1 $2; }\nf a"),
    "a function that calls itself": (
        "function f { if test \"$1\" != aaaa; then echo $1; f a$1; fi; }\nf a"),
    "a function is defined anew": ("function f { echo a; }\nf\n"
                                   "function f { echo b; }\nf"),
    "variables of functions": ("function f { x=in; y=new; }\nx=out; f; "
                               "echo $x $y"),
    "a function does not break its caller's loop": (
        "function f { for y in a b; do break; done; echo $y; }\n"
        "for x in 1 2; do f; echo $x; done"),
    "eval": "x='echo a  b'; eval $x; eval \"$x\"; eval 'echo \"$x\"'",
    "eval assigns": "n=name; eval $n=value; echo $name; eval \"$n='a b'\"; "
                    "echo \"$name\"",
    "eval of eval": "x='$y'; y='$z'; z=end; eval eval echo $x",
    "eval of several lines": "eval 'echo a\necho b; for x in 1 2; do echo $x; "
                             "done'",
    "status of eval": "eval false; echo $?; eval true; echo $?; false; "
                      "eval ''; echo $?",
    "eval in a function": ("function f { eval 'echo $1 $#'; eval 'return 2'; "
                           "echo no; }\nf a b; echo $?"),
    "a function by eval": "eval 'function f { echo \"f $1\"; }'; f a",
    "keywords as words": "echo if then elif else fi for in while until do done "
                         "function case esac select time",
    "keywords in quotes": "echo 'if' \"fi\"; x=done; echo $x; for x in do done "
                          "in for; do echo $x; done",
    "braces as words": "echo '{' \"}\" \\{ \\}",
    "test of texts": ("test a = a; echo $?; test a = b; echo $?; test a != b; "
                      "echo $?; test ''; echo $?; test x; echo $?; test -n "
                      "''; echo $?; test -z ''; echo $?"),
    "test of numbers": (
        "for x in -eq -ne -lt -le -gt -ge; do test 2 $x 10; echo $x $?; "
        "test 10 $x 10; echo $x $?; test -5 $x 3; echo $x $?; done"),
    "test of several": (
        "test a = a -a b = b; echo $?; test a = b -o b = b; echo $?\n"
        "test a = b -o a = a -a b = c; echo $?; test ! a = b; echo $?"),
    "the other test": "if [ a = a ]; then echo yes; fi; [ -z a ]; echo $?",
    "an entry has a block": ("function menuentry { echo no; }\n"
                             "echo menuentry; echo \"{ }\""),
    # GRUB's parser runs out of stack between 25 and 30
    "deep nesting": ("if true; then " * 20 + "echo a; " + "fi; " * 20 +
                     "echo b"),
    "a long line": "echo " + "word " * 150,
    "many statements": "x=\n" + "x=a$x\n" * 300 + "echo $x",
}

# bash does otherwise, or knows nothing of it.
GRUB_ONLY = {
    "a value that is split in a word": "x=' a  b '; echo -$x- $x$x; y=$x; "
                                       "echo \"$y\"",
    "escapes of echo": r"echo -e 'a\nb\\c\qd\0e\x41f\\'; echo -e 'a\cb' 'c\c'",
    "options of echo": ("echo -ne 'a\\nb'; echo -en c; echo -x d; echo -nx e; "
                        "echo -- -n; echo -n -- -e; echo --x; echo -"),
    "echo of quoted options": "echo \"-n\" a; echo '-e' 'b\\nc'",
    "a block of another kind": "echo a; menuentry x { echo no }; echo $?",
    "unknown commands are true": ("nosuch a; echo $?; ! nosuch; echo $?; if "
                                  "nosuch; then echo yes; fi"),
    "not an assignment": "! x=1; echo $? $x; false; ! x=2; echo $? $x",
    "not alone": "false; if !; then echo yes; else echo no; fi",
    "words behind an assignment": "a=1 b=2; echo $a [$b]",
    "set": "set x=1; echo $x; set y='a b' z=2; echo \"$y\" [$z]; set x; echo $?",
    "the empty name": "\"\"; echo $?; set =1; echo $?",
    "translated strings": "x=5; echo $\"a  b\" $\"$x\" a$\"b\"c",
    "dollars in translated strings": (
        "x=5; echo $\"$\" $\"$,x\" $\"${x\" $\"$(x)\" $\"$$x $x$\"\n"
        "function f { echo $\"$1-${2}-$*-$@-$#-$?-${}\"; }; f a b\n"
        "echo $\"\\$x\\q\\\"\" $\"a\\\nb\"; for i in $\"\" $\"$@\"; do echo "
        "\"[$i]\"; done"),
    "unquoted brackets": "echo [ ] [a] a[b]c ]",
    "positional names": "echo [$1] [$0] [$10] [$#] [$@] [$*]",
    "break outside loops": "break; echo $?; continue; echo $?; break 2; echo $?",
    "numbers that are none": (
        "for i in 1; do break x; echo $?; break 1x; echo $?; break 0; echo $?; "
        "break -1; echo $?; break 0x1; echo $?; break 1 2; echo $?; done\n"
        "function f { return 5x; echo $?; return 99999999999999999999; "
        "echo $?; return 1 2; echo $?; return 010; }; f; echo $?"),
    "return outside functions": "return; echo $?; return 3; echo $?",
    "a return of too many bits": "function f { return 4294967296; }; f; echo $?",
    "shift outside functions": "shift; echo $?; shift 5; echo $?",
    "setparams": ("function f { setparams a 'b c'; echo $# \"$2\"; setparams; "
                  "echo $#; }; f x y z\nsetparams a; echo $? $1"),
    "break by eval": ("for i in 1 2; do echo $i; eval break; echo no; done\n"
                      "for i in 1 2; do echo $i; eval 'for j in 1; do break 2; "
                      "done'; echo no; done"),
    "functions keep loops apart": (
        "function f { break; echo f $?; }\nfor i in 1 2; do f; echo $i; done"),
    "syntax errors drop a line": ("echo a; fi; echo no\necho b\nif true; echo "
                                  "no\nthen; echo no; fi\necho c"),
    "a lonely dollar": "echo a $ b\necho \"$\" c\necho d\necho ${x e\necho f",
    "a lonely dollar in a long string": ("echo \"a $(b\nc\" d\necho e\n"
                                         "echo \"$\"x\"a\nb\" c\necho f"),
    "a string without an end": "echo a\necho 'b\necho c",
    "operators": "echo a & echo b\necho c | echo d\necho e > f\necho g\n"
                 "echo a;; echo b\necho h",
    "reserved brackets": "echo [[ a ]]\necho b\necho a]] ]]b c",
    "functions inside functions": "function f { function g { echo g; }; }\n"
                                  "echo a",
    "case": "case a in a) echo no;; esac\necho b",
    "test from left to right": (
        "test a b; echo $?; test '' b; echo $?; test a = b c; echo $?; test "
        "'(' a = b ')' -o c; echo $?; test !; echo $?; test a ]; echo $?; "
        "test = b; echo $?; [ a = b; echo $?; test -n; echo $?; test; echo $?"),
    "test of order": ("test a '<' b; echo $?; test b '>=' c; echo $?; test "
                      "vm-9 -plt vm-10; echo $?; test v10 -pgt v9; echo $?; "
                      "test a == a; echo $?"),
    "test of odd numbers": ("test 0x10 -eq 16; echo $?; test 010 -eq 8; echo "
                            "$?; test 1x -eq 1; echo $?; test a -eq 0; echo "
                            "$?; test ' 5' -eq 5; echo $?"),
    "test of files": "".join(
        f"test -{op} '{name}'; echo {op} {name} $?\n" for op in "defs"
        for name in ("/text", "/empty", "/sub", "/nope", "/link", "/dirlink",
                     "/", "", "text", "(hd0,msdos1)/text", "(hd0,1)/sub",
                     "(hd0)/text", "/sub/../text", "(hd0,msdos1)")),
    "test of times": ("test /text -nt /nope; echo $?; test /nope -ot /text; "
                      "echo $?; test /text -nt5 /sub; echo $?; test /nope -nt "
                      "/nope; echo $?"),
    "tr": ("tr abc xyz aabbcc; tr -U aBc; tr -D aBc; x=Abc; tr -s x -U; echo "
           "$x; tr -s x A Z; echo $x; tr -s y ab xy abc; echo $y; tr a bc d; "
           "echo $?; tr a b; echo $?; tr a b c d; echo $?; tr aa xy a; tr -D "
           "-U aB"),
    "regexp": ("regexp -s v 'vm-(.*)' vm-1.2; echo $v; regexp --set=2:w "
               "'(a)(b)?' ab; echo $w; regexp x y; echo $?; regexp '(' x; "
               "echo $?; regexp a b c; echo $?; regexp a; echo $?"),
    "cat": "cat /text; cat /empty; cat --dos /text; cat (hd0,msdos1)/sub/a",
    "cat of odd bytes": "cat /odd",
    "cat of what is no file": "cat; echo $?; cat /sub; echo $?; cat /nope; "
                              "echo $?; cat /text /text; echo $?",
    "ls": "ls; ls /; ls /sub; ls -a /sub; ls (hd0,msdos1)/; ls /dirlink/",
    "ls of nothing": "ls /nope; echo $?; ls rel; echo $?",
    "ls of a file": "ls /text; ls /sub /text",
    "ls with details": "ls -l /sub; ls -lh /sub; ls -la /sub",
    "wildcards": ("echo /t* /nope* /*/a '/t*' \"/t*\" /t\\* /t\"*\" /te?t; "
                  "echo (hd0,msdos1)/t* (hd0,1)/t* (hd0)/t*; x=/s; echo $x*/*; "
                  "y='/t*'; echo $y \"$y\"; echo /l*/ /e*/"),
    "wildcards of devices": ("echo *; echo (*); echo (hd*,*); echo (*)/t*; "
                             "echo hd* x*; echo (hd0*; for d in (hd*); do echo "
                             "$d; done"),
    "list_env": "list_env -f /boot/grub/grubenv; list_env -f /nope; echo $?; "
                "list_env -f /text; echo $?",
    "load_env": ("load_env -f /boot/grub/grubenv; echo $a \"$b\" $c; load_env "
                 "-f /nope; echo $?; load_env -f /text; echo $?; a=; load_env "
                 "-f /boot/grub/grubenv b; echo [$a]"),
    "probe": ("probe -f (hd0,msdos1); echo; probe -u hd0,msdos1; echo; probe "
              "-l (hd0,msdos1); echo; probe -p (hd0,msdos1); echo; probe -s x "
              "-f (hd0,1); echo $x; probe -f (hd0); echo $?; probe -f; echo $?"),
    "search": ("search -f /text; echo; search -f -s x /text; echo $x; search "
               "-f /nope; echo $?; search x; echo $?; search; echo $?; search "
               "--fs-uuid 4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de --set y; echo $y"),
    "source": ("source /boot/grub/grub.cfg; echo $sourced; . "
               "/boot/grub/grub.cfg; echo $sourced; source; echo $?; source "
               "/boot/grub/grub.cfg a; echo $? $sourced"),
    "commands without arguments": (
        "unset; echo $?; export; echo $?; insmod; echo $?; menuentry; echo $?; "
        "sleep; echo $?; boot; echo $?; configfile; echo $?; save_env; echo $?"),
    "status of a loop that never turns": ("false; for x in; do true; done; "
                                          "echo $?; while false; do true; "
                                          "done; echo $?"),
}

_WORDS = ["a", "b c", '"b  c"', "'q $x'", "$x", "${y}", '"$x"', '"${y}z"', "$1",
          "$2", '"$@"', "$@", "$*", '"$*"', "$#", "$?", "x=1", 'y="p q"', "\\$x",
          "\\\\", '"a\\"b"', "'\\n'", '""', "''", 'a"b"c', "a#b", "if", "done"]
_ODD = ["$", '"$"', "&", "{", "}", "then", "fi", "[[", "#c", ";;", "${x"]
_ENDS = ["; ", "\n", ";\n", " ; "]


def _word(rng):
    return rng.choice(_ODD if rng.random() < 0.03 else _WORDS)


def _words(rng):
    return " ".join(_word(rng) for _ in range(rng.randrange(5)))


def _list(rng, depth):
    end = rng.choice(_ENDS)
    return end.join(_command(rng, depth + 1)
                    for _ in range(rng.randrange(1, 4)))


def _compound(rng, depth):
    end = rng.choice(_ENDS)
    body, kind = _list(rng, depth), rng.randrange(3)
    if kind == 0:
        text = f"if {_command(rng, depth + 1)}{end}then {body}{end}"
        if rng.random() < 0.4:
            text += f"else {_list(rng, depth)}{end}"
        return text + "fi"
    if kind == 1:
        return f"for x in {_words(rng)}{end}do {body}{end}done"
    # which ends, whatever is in it
    n = f"n{depth}"
    return (f"{n}=; while test \"${n}\" != aa{end}do {n}=a${n}{end}{body}{end}"
            "done")


def _command(rng, depth):
    kind = rng.randrange(16)
    if kind < 6 or depth > 3:
        return "echo " + _words(rng)
    if kind < 9:
        return _compound(rng, depth)
    return rng.choice([
        rng.choice(["x=", "y=", "set x="]) + _word(rng),
        f"test {_word(rng)} = {_word(rng)}", "false", "! true", "nosuch",
        "f " + _words(rng) if depth == 0 else "true", "eval " + _words(rng),
        "shift", "setparams a b", "return", "return 3", "break", "continue 2"])


def random_script(rng):
    """Statements that are right, most of them, in a row."""
    lines = ["function f {\n echo f \"$#\" \"$@\"\n %s\n}" % _command(rng, 2)]
    lines += [_command(rng, 0) for _ in range(rng.randrange(3, 8))]
    return "\n".join(lines) + "\necho end\n"

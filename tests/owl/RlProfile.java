import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.*;
import org.semanticweb.owlapi.profiles.*;
public class RlProfile {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      OWLOntologyManager m = OWLManager.createOWLOntologyManager();
      OWLOntology o = m.loadOntologyFromOntologyDocument(new File(file));
      OWLProfileReport r = Profiles.OWL2_RL.checkOntology(o);
      StringBuilder why = new StringBuilder();
      for (OWLProfileViolation v : r.getViolations()) why.append(v.getClass().getSimpleName()).append(' ');
      System.out.println(new File(file).getName() + "\t" + r.isInProfile() + "\t" + why);
    }
  }
}
